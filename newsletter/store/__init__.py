"""The only queries of the newsletter: functions that take and return core values."""
