"""Scoring (考核办法): results to points and totals, beside the verdicts and without touching them."""
