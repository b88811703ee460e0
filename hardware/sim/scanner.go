package sim

import "fmt"

// maxScan is the longest code a reader sends: the capacity of the largest QR
// code in bytes.
const maxScan = 2953

var suffixes = map[string]string{"any": "\r", "cr": "\r", "lf": "\n", "crlf": "\r\n", "tab": "\t", "none": ""}

func (c Scanner) fitted() bool { return c.Link != "" || c.Adapter != (Adapter{}) }

// Scan lets the reader read a code: its bytes, then the suffix. fast sends them
// at once; otherwise they come at the reader's speed and Scan takes as long.
func (s *Site) Scan(code []byte, fast bool) error {
	if s.scanner == nil {
		return fmt.Errorf("scanner: %w", ErrUnknown)
	}
	if len(code) == 0 || len(code) > maxScan {
		return fmt.Errorf("a code of %d bytes: 1 to %d: %w", len(code), maxScan, ErrCannot)
	}
	tx, err := s.scanner.sender()
	if err != nil {
		return err
	}
	data := append(append([]byte(nil), code...), suffixes[s.plan.Scanner.Suffix]...)
	var last int64
	stamp := func() { last = monotonicNS() }
	if fast {
		err = tx.burst(data, stamp)
	} else {
		err = tx.send(data, nil, stamp)
	}
	if err != nil {
		return fmt.Errorf("scanner: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record(Entry{Kind: "scan", Bytes: len(data), LastByteNS: last})
	s.tell("scanned %d bytes", len(code))
	return nil
}
