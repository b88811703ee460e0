package config

// Pickup says what those who collect may do, and how long.
type Pickup struct{}

// checkPickup refuses what does not fit together.
func (c *Config) checkPickup(*reader) {}
