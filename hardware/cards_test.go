package hardware

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cubby/hardware/badge"
	"cubby/hardware/line"
	"cubby/hardware/scan"
)

// spoken is a reader in a bubble. A pause is told after each text.
type spoken struct {
	scan.Source
	chunks chan line.Chunk
}

func (s spoken) Chunks() <-chan line.Chunk { return s.chunks }
func (s spoken) Err() error                { return errors.New("gone") }

// A text without line end may be half of one: what it is shows when nothing more
// has come. A reader that holds it back has its cards told no later than that,
// and one that sends no card is no less suspect for it.
func TestACardWithoutLineEndIsToldWhenNothingMoreComes(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		apart time.Duration
		cards []string
		want  Condition
	}{
		{"halted", []string{"04A23B11", "223344\r\n"}, 300 * time.Millisecond,
			[]string{"\x04\xA2\x3B\x11\x22\x33\x44"}, Working},
		{"without line ends", []string{"DEADBEEF", "04A23B11"}, 2 * time.Second,
			[]string{"\xDE\xAD\xBE\xEF", "\x04\xA2\x3B\x11"}, Working},
		{"pieces only", []string{"04A", "04A", "04A"}, 2 * time.Second, nil, Suspect},
		{"something else", []string{"what", "is", "this"}, 300 * time.Millisecond, nil, Suspect},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWitness(t)
				site := &Site{sink: w, stop: make(chan struct{}), conditions: map[string]DeviceReport{}}
				r := &cardReader{cfg: badge.Config{Port: "/dev/x", Format: "hex"}, site: site}
				source := spoken{chunks: make(chan line.Chunk)}
				ended := make(chan error)
				go func() { ended <- r.listen(source) }()
				for _, text := range c.texts {
					source.chunks <- line.Chunk{Bytes: []byte(text), At: time.Now()}
					time.Sleep(badge.Gap)
					source.chunks <- line.Chunk{At: time.Now()}
					time.Sleep(c.apart - badge.Gap)
				}
				close(source.chunks)
				if err := <-ended; err == nil {
					t.Error("it ended without a reason")
				}
				var cards []string
				for _, s := range w.scans {
					cards = append(cards, string(s.Data))
				}
				if got := site.conditions[BadgeName("")].Condition; !slices.Equal(cards, c.cards) || got != c.want {
					t.Errorf("%q, and it is %s", cards, got)
				}
			})
		})
	}
}
