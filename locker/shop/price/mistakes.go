package price

import (
	"fmt"
	"strconv"
	"strings"
)

// MostMistakes bounds how many mistakes are listed; all are counted.
const MostMistakes = 100

// A Mistake is one thing that is wrong in prices or a cart.
type Mistake struct {
	At   string `json:"at"`   // JSON pointer
	What string `json:"what"` // what is wrong, and what to do
}

func (m Mistake) String() string {
	if m.At == "" {
		return m.What
	}
	return m.At + " " + m.What
}

// Mistakes are why prices or a cart are refused: all that was found, the first of them listed.
type Mistakes struct {
	Of    string // "prices" or "cart"
	Count int
	First []Mistake
}

// Error lists them, one a line.
func (m *Mistakes) Error() string {
	var b strings.Builder
	if m.Count == 1 {
		fmt.Fprintf(&b, "a mistake is in the %s, and nothing of it is used", m.Of)
	} else {
		fmt.Fprintf(&b, "%d mistakes are in the %s, and nothing of it is used", m.Count, m.Of)
	}
	for _, one := range m.First {
		b.WriteString("\n" + one.String())
	}
	if more := m.Count - len(m.First); more > 0 {
		fmt.Fprintf(&b, "\nand %d more", more)
	}
	return b.String()
}

// err is m, or nil when there are none.
func (m *Mistakes) err() error {
	if m.Count == 0 {
		return nil
	}
	return m
}

func (m *Mistakes) refuse(at, format string, args ...any) {
	if m.Count++; len(m.First) < MostMistakes {
		m.First = append(m.First, Mistake{at, fmt.Sprintf(format, args...)})
	}
}

// at writes a JSON pointer.
func at(parts ...any) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		switch p := p.(type) {
		case int:
			b.WriteString(strconv.Itoa(p))
		case string:
			b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
		}
	}
	return b.String()
}

// cut shortens what is repeated in a message, and makes it safe to show.
func cut(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "?")); len(r) > 40 {
		s = string(r[:39]) + "…"
	}
	return strconv.Quote(s)
}
