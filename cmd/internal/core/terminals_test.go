package core

import (
	"strings"
	"testing"

	"cubby/hardware/badge"
)

// A courier who is let in at one terminal must be let in at the other.
func TestACardIsTheSameAtEveryReader(t *testing.T) {
	t.Parallel()
	framed := badge.Config{Port: "a", Format: "rdm6300"}
	digits := badge.Config{Port: "b", Format: "digits", Spelling: "10d"}
	short := badge.Config{Port: "c", Format: "digits", Spelling: "8d"}
	uid, err := readCard([]badge.Config{framed, digits}, "0006547886")
	if err != nil || string(uid) != "\x00\x63\xE9\xAE" {
		t.Errorf("the card is %x, %v", uid, err)
	}
	if uid, err := readCard([]badge.Config{framed, short}, "0006547886"); err == nil ||
		!strings.Contains(err.Error(), "give them the same format and spelling") {
		t.Errorf("readers that tell it differently make it %x, %v", uid, err)
	}
}
