"""The small frozen values everything speaks: places, periods, readings, results, the scorecard."""
