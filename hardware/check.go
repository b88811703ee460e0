package hardware

import (
	"fmt"
	"slices"
	"time"

	"cubby/hardware/wire"
)

const (
	pulseRest = 100 * time.Millisecond // what the supply needs after a pulse before the next one
	replyMost = 5 * time.Second        // the longest time-out of a reply
	pulseMost = 2 * time.Second        // motor locks take 1 s; a coil driven longer than this burns
)

var (
	busBauds = []int{9600, 19200, 57600, 115200}
	echoes   = map[string]wire.Echo{"auto": wire.FindOut, "yes": wire.Echoes, "no": wire.NoEcho}
)

// complete returns the configuration with its defaults filled in, or says what
// in it cannot be driven. The caller's maps are only read.
func complete(cfg Config) (Config, error) {
	names, ports, numbers := map[string]bool{}, map[string]bool{}, map[string]string{}
	cfg.Buses = slices.Clone(cfg.Buses)
	for i := range cfg.Buses {
		bus := &cfg.Buses[i]
		if bus.Name == "" || names[bus.Name] {
			return cfg, fmt.Errorf("bus %q: give every bus a name of its own", bus.Name)
		}
		names[bus.Name] = true
		if bus.Port == "" || ports[bus.Port] {
			return cfg, fmt.Errorf("bus %q: give it a port of its own, not %q", bus.Name, bus.Port)
		}
		ports[bus.Port] = true
		if err := completeBus(bus); err != nil {
			return cfg, fmt.Errorf("bus %q: %w", bus.Name, err)
		}
		if err := checkBoards(*bus, numbers); err != nil {
			return cfg, fmt.Errorf("bus %q: %w", bus.Name, err)
		}
	}
	return cfg, completeReaders(&cfg, ports)
}

func completeBus(bus *Bus) error {
	if bus.Baud == 0 {
		bus.Baud = FactoryBaud(bus.Dialect)
	}
	if !slices.Contains(busBauds, bus.Baud) {
		return fmt.Errorf("%d baud is not possible: choose one of %v", bus.Baud, busBauds)
	}
	if bus.Echo == "" {
		bus.Echo = "auto"
	}
	if _, ok := echoes[bus.Echo]; !ok {
		return fmt.Errorf("echo %q is not known: choose auto, yes or no", bus.Echo)
	}
	pulse := time.Duration(bus.PulseMS) * time.Millisecond
	driven := pulse
	if driven == 0 {
		driven = usualCoil.pulse
	}
	for _, t := range []struct {
		name              string
		value             *time.Duration
		usual, least, max time.Duration
	}{
		{"idle poll", &bus.IdlePoll, time.Second, 10 * time.Millisecond, time.Minute},
		{"active poll", &bus.ActivePoll, 100 * time.Millisecond, 5 * time.Millisecond, 5 * time.Second},
		{"reply timeout", &bus.ReplyTimeout, UsualReplyTimeout(bus.Port), 5 * time.Millisecond, replyMost},
		{"open wait", &bus.OpenWait, 2 * time.Second, 50 * time.Millisecond, 30 * time.Second},
		{"pulse gap", &bus.PulseGap, max(600*time.Millisecond, driven+pulseRest), 10 * time.Millisecond, time.Minute},
	} {
		if *t.value == 0 {
			*t.value = t.usual
		}
		if *t.value < t.least || *t.value > t.max {
			return fmt.Errorf("%s of %v is not possible: choose %v to %v", t.name, *t.value, t.least, t.max)
		}
	}
	if pulse < 0 || pulse > pulseMost {
		return fmt.Errorf("a pulse of %v is not possible: solenoids take 500 ms, motors 1 s, nothing more than %v",
			pulse, pulseMost)
	}
	if pulse > 0 && bus.PulseGap < pulse+pulseRest {
		return fmt.Errorf("a pulse gap of %v is too short for pulses of %v: at least %v", bus.PulseGap, pulse,
			pulse+pulseRest)
	}
	return nil
}

// checkBoards refuses what the dialect cannot address. It notes every
// compartment's number, so that no two locks of the site claim the same door.
func checkBoards(bus Bus, numbers map[string]string) error {
	dialect, err := wire.Named(bus.Dialect)
	if err != nil {
		return err
	}
	if len(bus.Boards) == 0 {
		return fmt.Errorf("no boards: list at least one")
	}
	addresses := map[int]bool{}
	pulse := time.Duration(bus.PulseMS) * time.Millisecond
	for _, board := range bus.Boards {
		if err := dialect.Check(board.wire()); err != nil {
			return err
		}
		if addresses[board.Address] {
			return fmt.Errorf("two boards with address %d: give each its own", board.Address)
		}
		addresses[board.Address] = true
		if len(board.Locks) == 0 {
			return fmt.Errorf("board %d has no locks: list them or leave the board out", board.Address)
		}
		if _, err := dialect.Greet(board.wire(), pulse); err != nil {
			return err
		}
		for lock, number := range board.Locks {
			if _, err := dialect.Unlock(board.wire(), lock, pulse); err != nil {
				return err
			}
			here := fmt.Sprintf("bus %q board %d lock %d", bus.Name, board.Address, lock)
			if number == "" {
				return fmt.Errorf("%s has no compartment number", here)
			}
			if there, taken := numbers[number]; taken {
				return fmt.Errorf("compartment %q is both %s and %s", number, there, here)
			}
			numbers[number] = here
		}
	}
	return nil
}
