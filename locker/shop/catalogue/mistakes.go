package catalogue

import (
	"fmt"
	"strings"
)

// MaxMistakes bounds how many mistakes are listed; all are counted.
const MaxMistakes = 100

// A Mistake is one thing that is wrong in a catalogue.
type Mistake struct {
	// Line of the file, 1 is the first; for JSON the line on which the product begins.
	Line int `json:"line"`
	// At is the column of a CSV, or the JSON pointer of a member.
	At string `json:"at,omitempty"`
	// What is wrong, and what to do.
	What string `json:"what"`
}

func (m Mistake) String() string {
	if m.At == "" {
		return fmt.Sprintf("line %d: %s", m.Line, m.What)
	}
	return fmt.Sprintf("line %d, %s: %s", m.Line, m.At, m.What)
}

// Mistakes are why a catalogue is refused: all that was found, the first of them listed.
type Mistakes struct {
	Count int
	First []Mistake
}

// Error lists them, one a line.
func (m *Mistakes) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the catalogue has %d mistakes; nothing was imported", m.Count)
	if m.Count == 1 {
		b.Reset()
		b.WriteString("the catalogue has a mistake; nothing was imported")
	}
	for _, one := range m.First {
		b.WriteString("\n" + one.String())
	}
	if more := m.Count - len(m.First); more > 0 {
		fmt.Fprintf(&b, "\nand %d more", more)
	}
	return b.String()
}

// Add notes one more.
func (m *Mistakes) Add(one Mistake) {
	if m.Count++; len(m.First) < MaxMistakes {
		m.First = append(m.First, one)
	}
}

// err is m, or nil when there are none.
func (m *Mistakes) err() error {
	if m.Count == 0 {
		return nil
	}
	return m
}
