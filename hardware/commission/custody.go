package commission

import "slices"

// Said is the door that the answer just taken said to have opened; empty: none.
func (s *Session) Said() string { return s.said }

// Seen are the doors with parcels whose contacts changed after a pulse, as far as
// the configuration knows which contacts are theirs. They may have opened,
// whatever anybody says.
func (s *Session) Seen(j Job, r Result) (numbers []string) {
	for _, d := range s.known.Doors {
		if (d.At.Line == j.Line.Name || !s.isFound(d.At)) && slices.Contains(s.known.Occupied, d.Number) &&
			slices.ContainsFunc(r.Moves, func(m Move) bool {
				return m.Address == d.At.Address && m.Lock == d.At.Lock
			}) {
			numbers = append(numbers, d.Number)
		}
	}
	return numbers
}

// parcelOpened deals with a door that was to stay shut. It may be a slip of the
// tongue, so it has to be said twice. Then nothing that is known of the wiring
// can be relied on, and no other lock is driven.
func (s *Session) parcelOpened(number string) error {
	if s.doubt != number {
		s.doubt = number
		return say("parcel_opened", "Door", number)
	}
	s.said = number
	s.note("parcel_to_check", "Door", number)
	s.end()
	return nil
}
