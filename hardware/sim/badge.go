package sim

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// badgeEvery is how often a reader tells of a card that lies on it.
const badgeEvery = 50 * time.Millisecond

// usualHold is how long people hold a card before a reader.
const usualHold = 500 * time.Millisecond

// A Badge is a reader of cards. Its formats are "rdm6300" (125 kHz, five bytes),
// "combined" (ID and Mifare), "hex" (hexadecimal and CR LF) and "digits" (and
// CR): ten of the low four bytes, or with the spellings "8d" and "w26" of three.
type Badge struct {
	Terminal string // empty: the kiosk
	Link     string
	Adapter  Adapter
	Baud     int
	Format   string
	Spelling string
	Reversed bool // turns the bytes of a card round
}

func (b Badge) fitted() bool { return b.Link != "" || b.Adapter != (Adapter{}) }

var badgeFaults = []FaultKind{
	{"badge-half", "badge", "chance", nil, "the card leaves in the middle of its last frame"},
	{"badge-xor", "badge", "chance", nil, "frames with a wrong checksum"},
	{"badge-noise", "badge", "chance", nil, "stray bytes before a frame"},
}

// HoldBadge lays a card on the kiosk's reader for a while; uid is in hexadecimal.
// A reader tells of it at once and then every 50 ms. It takes as long as the card
// lies there.
func (s *Site) HoldBadge(uid string, span time.Duration) error { return s.HoldBadgeAt("", uid, span) }

// HoldBadgeAt is HoldBadge at a terminal.
func (s *Site) HoldBadgeAt(terminal, uid string, span time.Duration) error {
	reader := s.plan.badgeAt(terminal)
	name := nameAt("badge", terminal)
	l := s.lines[name]
	if reader == nil || l == nil {
		return fmt.Errorf("badge reader %q: %w", name, ErrUnknown)
	}
	raw, err := hex.DecodeString(strings.NewReplacer(" ", "", ":", "").Replace(uid))
	if err != nil {
		return fmt.Errorf("badge %q: the card's number in hexadecimal, such as 010063E9AE: %w", uid, ErrCannot)
	}
	if span <= 0 || span > time.Minute {
		return fmt.Errorf("a badge held for %s: up to a minute: %w", span, ErrCannot)
	}
	if reader.Reversed {
		slices.Reverse(raw)
	}
	frame, err := badgeFrame(*reader, raw)
	if err != nil {
		return err
	}
	tx, err := l.sender()
	if err != nil {
		return err
	}
	begun, frames := time.Now(), 0
	for at := time.Duration(0); at < span; at += badgeEvery {
		time.Sleep(time.Until(begun.Add(at)))
		s.mu.Lock()
		out := s.badgeSays(name, frame, at+badgeEvery >= span)
		s.mu.Unlock()
		if err := tx.send(out, nil, nil); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		frames++
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record(Entry{Kind: "badge", Device: name, Bytes: len(frame)})
	s.tell("a badge was held before the reader %s, told %d times", name, frames)
	return nil
}

// badgeSays is one frame with what is wrong with it. Callers hold mu.
func (s *Site) badgeSays(name string, frame []byte, last bool) []byte {
	out := slices.Clone(frame)
	if s.is("badge-xor", name) {
		out[len(out)-2] ^= 0x01
	}
	if s.is("badge-noise", name) {
		out = append([]byte{0xFF, 0x02, 0x00}, out...)
	}
	if last && s.is("badge-half", name) {
		out = out[:len(out)/2]
	}
	return out
}

func badgeFrame(reader Badge, uid []byte) ([]byte, error) {
	format := reader.Format
	bad := func(sizes string) error {
		return fmt.Errorf("a card number of %d bytes: a %s reader reads cards with %s: %w", len(uid), format,
			sizes, ErrCannot)
	}
	digits := strings.ToUpper(hex.EncodeToString(uid))
	bcc := sealXOR(uid...)[len(uid)]
	switch format {
	case "combined":
		kind := byte(0x01) // Mifare
		if len(uid) == 5 {
			kind = 0x02 // EM
		} else if len(uid) != 4 && len(uid) != 7 {
			return nil, bad("4, 5 or 7 bytes")
		}
		body := append([]byte{byte(5 + len(uid)), kind}, uid...)
		return append(append([]byte{0x02}, sealXOR(body...)...), 0x03), nil
	case "hex":
		if len(uid) < 4 || len(uid) > 10 {
			return nil, bad("4 to 10 bytes")
		}
		return []byte(digits + "\r\n"), nil
	case "digits":
		if len(uid) != 4 && len(uid) != 5 {
			return nil, bad("4 or 5 bytes")
		}
		low := binary.BigEndian.Uint32(uid[len(uid)-4:])
		switch reader.Spelling {
		case "8d":
			return fmt.Appendf(nil, "%08d\r", low&0xFFFFFF), nil
		case "w26":
			return fmt.Appendf(nil, "%03d,%05d\r", low>>16&0xFF, low&0xFFFF), nil
		}
		return fmt.Appendf(nil, "%010d\r", low), nil
	}
	if len(uid) != 5 {
		return nil, bad("5 bytes")
	}
	return fmt.Appendf(nil, "\x02%s%02X\x03", digits, bcc), nil
}
