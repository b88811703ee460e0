package hardware

import "cubby/hardware/wire"

// Dialects names the protocols of lock boards this program can speak.
func Dialects() []string { return wire.Names() }
