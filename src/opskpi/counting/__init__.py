"""What a run counts: the moment it is judged at, nil returns, figures, and the rows behind them."""
