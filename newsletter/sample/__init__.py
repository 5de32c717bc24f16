"""Sample feeds for `newsletter demo`: invented outlets, served from a loopback address.

No outlet here exists: their names are made up and their links lead to reserved `.example`
hosts. What the entries tell is retold in our own words from real events of the rare-earth
industry in the years 2010 to 2026, with dates moved to the moment of the run, so the sample
is for trying the engine and never for citing.
"""
