package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A speech is how one family of lock boards talks. Each has a file of its own,
// in which its frames are put together by hand.
type speech struct {
	name            string
	lowest, highest int // addresses a board can be set to
	locks, most     int // locks of a board that says nothing else, and of the largest

	activeOpen bool   // the usual wiring makes the contact when the door is open
	heads      []byte // what frames on this line begin with
	addressAt  int    // index of the address in a reply
	step       byte   // what makes one address the next
	tail       int    // length of the checksum
	seal       func(body ...byte) []byte

	// cut finds the first whole frame. used counts it and what stands in front;
	// without a frame it counts what can be no beginning of one.
	cut func(in []byte) (frame []byte, used int)
	// hear has the boards of a line act on a frame. Its callers hold mu.
	hear func(s *Site, l *line, frame []byte, at int64) []reply
	// push tells unasked that a contact has changed; nil: boards never do.
	push func(s *Site, b *board, lock int, how string) []byte
	// pushes is what a board does unless told otherwise with the fault "push".
	pushes string
}

// A reply is what a board answers, put together when it is due. Its maker is
// called with mu held; nothing made means that the board keeps silent.
type reply struct {
	from  *board
	after time.Duration
	bytes func() []byte
}

// now is a reply that waits for nothing.
func (b *board) now(data []byte) []reply {
	return []reply{{from: b, bytes: func() []byte { return data }}}
}

// Dialects names the families of lock boards that can be simulated.
func Dialects() []string {
	var names []string
	for _, t := range speeches() {
		names = append(names, t.name)
	}
	return names
}

func speeches() []*speech { return []*speech{&cu16, &cu48, &xor, &waveshare, &wkly} }

// speechOf finds a family by name. A bus that names none is of the first.
func speechOf(name string) (*speech, error) {
	if name == "" {
		return &cu16, nil
	}
	all := speeches()
	if i := slices.IndexFunc(all, func(t *speech) bool { return t.name == name }); i >= 0 {
		return all[i], nil
	}
	return nil, fmt.Errorf("dialect %q: %w (%s)", name, ErrUnknown, strings.Join(Dialects(), ", "))
}

// check refuses boards that cannot be built.
func (p Plan) check() error {
	names := map[string]bool{}
	for _, bus := range p.Buses {
		talk, err := speechOf(bus.Dialect)
		if err != nil {
			return fmt.Errorf("bus %s: %w", bus.Name, err)
		}
		if names[bus.Name] {
			return fmt.Errorf("bus %s is named twice: give each its own name", bus.Name)
		}
		names[bus.Name] = true
		for _, b := range bus.Boards {
			if b.Address < talk.lowest || b.Address > talk.highest {
				return fmt.Errorf("bus %s board %d: %s has the addresses %d to %d", bus.Name, b.Address, talk.name,
					talk.lowest, talk.highest)
			}
			if b.Channels < 0 || b.Channels > talk.most {
				return fmt.Errorf("bus %s board %d has %d locks: %s has at most %d", bus.Name, b.Address, b.Channels,
					talk.name, talk.most)
			}
			for lock := range b.Locks {
				if most := b.locks(talk); lock < 1 || lock > most {
					return fmt.Errorf("bus %s board %d has no lock %d: 1 to %d", bus.Name, b.Address, lock, most)
				}
			}
		}
	}
	return p.checkReaders(names)
}

func (b Board) locks(talk *speech) int {
	if b.Channels > 0 {
		return b.Channels
	}
	return talk.locks
}
