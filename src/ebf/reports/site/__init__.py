"""A site of one state: a page a unit, county, legislative district and the state, all static."""
