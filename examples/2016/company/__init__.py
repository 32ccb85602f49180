"""An invented operations-service company and its year 2016."""
