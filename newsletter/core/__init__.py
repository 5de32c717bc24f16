"""Pure decisions: values and the time in, values out."""
