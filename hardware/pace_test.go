package hardware

import (
	"fmt"
	"testing"
	"time"
)

// The arithmetic behind the promise that a forced door is noticed within 5 s on
// a line of ten boards with 48 doors each at 9600 baud: the pause, one round of
// all boards that are due at once, and the second reading that makes it sure,
// which goes first.
func TestAForcedDoorAmongFourHundredEightyIsNoticedInTime(t *testing.T) {
	for _, c := range []struct {
		dialect string
		boards  int
		baud    int
		request int // bytes
		reply   int
	}{
		{"kerong-cu48", 10, 9600, 6, 18},
		{"kerong-cu48", 10, 19200, 6, 18},
		{"kerong-cu48", 16, 9600, 6, 18},
		{"kerong-cu16", 15, 9600, 5, 9},
		{"xor-8a80", 32, 9600, 5, 7},
		{"waveshare-modbus", 32, 9600, 8, 6},
		{"wkly", 32, 9600, 8, 25},
	} {
		t.Run(fmt.Sprint(c.boards, " boards of ", c.dialect, " at ", c.baud), func(t *testing.T) {
			cfg := Bus{Name: "main", Dialect: c.dialect, Baud: c.baud, Port: "/nowhere"}
			for i := range c.boards {
				address := i
				if c.dialect == "xor-8a80" || c.dialect == "waveshare-modbus" {
					address++
				}
				cfg.Boards = append(cfg.Boards, Board{Address: address, Locks: map[int]string{1: fmt.Sprint(i)}})
			}
			if err := completeBus(&cfg); err != nil {
				t.Fatal(err)
			}
			b, err := newBus(cfg, usualCoil, &Site{})
			if err != nil {
				t.Fatal(err)
			}
			const answers = 20 * time.Millisecond // what a slow board thinks about a status request
			reading := b.wireTime(c.request+c.reply+2*gapBytes) + answers
			round := time.Duration(c.boards) * reading
			worst := b.idlePause() + round + cfg.ActivePoll + 2*reading
			if most := 5 * time.Second; worst > most && c.boards <= 16 {
				t.Errorf("a door is noticed within %v at worst, want %v", worst, most)
			}
			if round > b.idlePause() {
				t.Errorf("a round of %v does not fit into a pause of %v", round, b.idlePause())
			}
			t.Logf("a reading takes %v, a round %v of every %v; noticed within %v at worst", reading, round,
				b.idlePause()+round, worst)
		})
	}
}
