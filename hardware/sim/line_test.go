package sim

import (
	"bytes"
	"io"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// wired is a bus on an in-memory wire, for tests in fake time. The first value
// is the host's end.
func wired(t *testing.T, plan Plan) (io.ReadWriter, *Site) {
	t.Helper()
	host, boards := net.Pipe()
	s := newSite(plan)
	l := s.wire(plan.Buses[0])
	l.tx = newSender(boards, l.byteTime)
	var done sync.WaitGroup
	done.Go(func() { l.serve(boards, l.tx) })
	done.Go(l.tx.work)
	t.Cleanup(func() {
		host.Close()
		boards.Close()
		l.tx.end()
		done.Wait()
	})
	return host, s
}

// ask writes a request and reads n bytes of what comes back.
func ask(t *testing.T, host io.ReadWriter, request string, n int) []byte {
	t.Helper()
	if _, err := host.Write(unhex(t, request)); err != nil {
		t.Fatal(err)
	}
	reply := make([]byte, n)
	if _, err := io.ReadFull(host, reply); err != nil {
		t.Fatal(err)
	}
	return reply
}

func TestAnExchangeTakesAsLongAsItsBytes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		baud    int
		request string
		bytes   int           // of the reply
		want    time.Duration // 10 bits a byte both ways, 1 ms for each turn
	}{
		{"a status at 19200 baud", 19200, "02 00 30 03 35", 9, 14*520833*time.Nanosecond + time.Millisecond},
		{"a status at 9600 baud", 9600, "02 00 30 03 35", 9, 14*1041666*time.Nanosecond + time.Millisecond},
		{"a pulse time at 19200 baud", 19200, "02 00 37 00 32 03 6E", 7, 14*520833*time.Nanosecond + time.Millisecond},
		{"two boards at 19200 baud", 19200, "02 F0 32 03 27", 18, 23*520833*time.Nanosecond + 2*time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plan := twoBoards()
				plan.Buses[0].Baud = tc.baud
				host, _ := wired(t, plan)
				start := time.Now()
				ask(t, host, tc.request, tc.bytes)
				if took := time.Since(start); math.Abs(float64(took-tc.want)) > float64(100*time.Microsecond) {
					t.Errorf("took %s, want %s", took, tc.want)
				}
			})
		})
	}
}

func TestFaultsOfALine(t *testing.T) {
	clean := "02 00 35 FF FF 00 00 03 38"
	t.Run("an echo comes before the reply", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			host, s := wired(t, twoBoards())
			if err := s.SetFault(Fault{Kind: "echo", Target: "main", Value: "on"}); err != nil {
				t.Fatal(err)
			}
			if got, want := ask(t, host, "02 00 30 03 35", 14), unhex(t,
				"02 00 30 03 35"+clean); !bytes.Equal(got, want) {
				t.Errorf("got %x, want %x", got, want)
			}
		})
	})
	t.Run("a split reply is whole but takes longer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			host, s := wired(t, twoBoards())
			if err := s.SetFault(Fault{Kind: "split", Target: "main", Value: "on"}); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if got := ask(t, host, "02 00 30 03 35", 9); !bytes.Equal(got, unhex(t, clean)) {
				t.Errorf("got %x", got)
			}
			if took := time.Since(start); took < 11*time.Millisecond {
				t.Errorf("took only %s", took)
			}
		})
	})
	t.Run("noise spoils some replies, and the same ones for the same seed", func(t *testing.T) {
		history := func(seed uint64) (all []byte) {
			synctest.Test(t, func(t *testing.T) {
				plan := twoBoards()
				plan.Seed = seed
				host, s := wired(t, plan)
				if err := s.SetFault(Fault{Kind: "noise", Target: "main", Value: "0.3"}); err != nil {
					t.Fatal(err)
				}
				go func() {
					for range 50 {
						if _, err := host.Write(unhex(t, "02 00 30 03 35")); err != nil {
							return
						}
					}
				}()
				buf := make([]byte, 450) // noise only ever adds bytes
				if _, err := io.ReadFull(host, buf); err != nil {
					t.Fatal(err)
				}
				all = buf
			})
			return all
		}
		first := history(7)
		if bytes.Equal(first, bytes.Repeat(unhex(t, clean), 50)) {
			t.Error("nothing was spoilt")
		}
		if !bytes.Equal(first, history(7)) {
			t.Error("the same seed gave another history")
		}
		if bytes.Equal(first, history(8)) {
			t.Error("another seed gave the same history")
		}
	})
}

func TestHalfARequestIsForgottenAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, s := wired(t, twoBoards())
		if _, err := host.Write(unhex(t, "02 00 30")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		if got := ask(t, host, "02 10 30 03 45", 9); got[1] != 0x10 {
			t.Errorf("got %x", got)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if st := s.lines["main"].stats; st != (Traffic{Requests: 1, Junk: 3, Replies: 1}) {
			t.Errorf("traffic: %+v", st)
		}
	})
}

func TestFaultsAreRefusedWithWhatIsAllowed(t *testing.T) {
	for _, tc := range []struct {
		name string
		f    Fault
		want string
	}{
		{"an unknown kind", Fault{Kind: "fire", Target: "1", Value: "on"},
			`fault "fire": not on this site (stuck, no-spring, `},
		{"a door that is not there", Fault{Kind: "stuck", Target: "99", Value: "on"}, `door "99": not on this site`},
		{"a board that is not there", Fault{Kind: "silent-board", Target: "main/7", Value: "on"},
			`board "main/7": not on this site (bus/address, such as main/1)`},
		{"a bus that is not there", Fault{Kind: "split", Target: "side", Value: "on"}, `bus "side": not on this site`},
		{"a device that is not there", Fault{Kind: "unplug", Target: "side", Value: "on"},
			`device "side": not on this site`},
		{"neither on nor off", Fault{Kind: "stuck", Target: "Aa", Value: "perhaps"},
			`stuck "perhaps": on, off or a probability up to 1: cannot be done`},
		{"noise beyond certainty", Fault{Kind: "noise", Target: "main", Value: "2"},
			`noise "2": a probability from 0 to 1, or off: cannot be done`},
		{"a delay of a year", Fault{Kind: "slow", Target: "Aa", Value: "8760h"},
			`slow "8760h": a duration up to 1h0m0s, such as 1200ms`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(twoBoards())
			s.lines["main"] = &line{name: "main"}
			if err := s.SetFault(tc.f); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
