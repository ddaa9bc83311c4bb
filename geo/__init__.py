"""The domain, pure: arrays and tables in, arrays and frozen results out. No file, no clock, no setting, no map."""
