package scan

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// A Trigger is what makes a reader read that does not do so by itself. A
// station needs no touch, so the driver keeps such a reader reading: it sends On
// when the port opens, after every code, and again and again while nothing
// comes; and Off when the port is given back, because some leave the beam on.
// A reader that can be set to read continuously should be, and needs none.
type Trigger struct {
	Wake []byte // sent 50 ms before On: some readers sleep
	On   []byte
	Off  []byte
}

// triggers are the ones that makers have published.
var triggers = map[string]Trigger{
	"none":      {},
	"grow":      {On: growCommand(growWrite, growTrigger, 0x01)}, // GM65 and relatives in command mode; user manual
	"ssi":       {Wake: []byte{0x00}, On: ssiPacket(ssiStart), Off: ssiPacket(ssiStop)},
	"honeywell": {On: []byte{0x16, 'T', '\r'}, Off: []byte{0x16, 'U', '\r'}}, // serial trigger mode
	"newland":   {On: []byte{0x01, 'T', 0x04}, Off: []byte{0x01, 'P', 0x04}},
	"datalogic": {On: []byte{'T'}, Off: []byte{'X'}}, // press and release
}

// triggerMax bounds a trigger of one's own, in bytes.
const triggerMax = 32

// trigger finds a preset, or reads "hex:4C 4F 4E 0D" and, after a slash, what
// ends the reading: "hex:4C 4F 4E 0D/4C 4F 46 46 0D".
func trigger(s string) (t Trigger, err error) {
	if t, ok := triggers[s]; ok {
		return t, nil
	}
	own, ok := strings.CutPrefix(s, "hex:")
	if !ok {
		return t,
			fmt.Errorf(`trigger %q is not known: none, grow, ssi, honeywell, newland, datalogic, or "hex:" `+
				`with the bytes`, s)
	}
	on, off, both := strings.Cut(own, "/")
	if t.On, err = fromHex(on); err == nil && both {
		t.Off, err = fromHex(off)
	}
	return t, err
}

func fromHex(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil || len(b) == 0 || len(b) > triggerMax {
		return nil, fmt.Errorf("trigger bytes %q: 1 to %d bytes in hexadecimal, such as 16 54 0D", s, triggerMax)
	}
	return b, nil
}
