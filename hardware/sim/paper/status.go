package paper

import "fmt"

// Every status byte has bits 1 and 4 set, 0 and 7 clear.
const alwaysSet byte = 0x12

// answer is the reply to DLE EOT n.
func (p *Printer) answer(n byte) []byte {
	if p.state.Mute || n < 1 || n > 4 {
		return nil
	}
	return []byte{p.statusByte(n)}
}

func (p *Printer) statusByte(n byte) byte {
	b := alwaysSet
	set := func(is bool, bits byte) {
		if is {
			b |= bits
		}
	}
	switch n {
	case 1:
		set(!p.ready(), 0x08)
	case 2:
		set(p.state.CoverOpen, 0x04)
		set(p.out(), 0x20)
		set(p.state.Cutter, 0x40)
	case 3:
		set(p.state.Cutter, 0x08)
	case 4:
		b = p.paperByte()
	}
	return b
}

// paperByte tells the paper's end and, where the roll is thin, that it is near.
func (p *Printer) paperByte() byte {
	b := alwaysSet
	if p.state.NearEnd || p.leftMM < NearEndMM {
		b |= 0x0C
	}
	if p.out() && !p.config.Marks || p.config.Marks && !p.out() { // a mark lies under the sensor
		b |= 0x60
	}
	return b
}

func (p *Printer) out() bool { return p.state.PaperOut || p.leftMM <= 0 }

// status is all of it, to tell whether something has changed.
func (p *Printer) status() [4]byte {
	return [4]byte{p.statusByte(1), p.statusByte(2), p.statusByte(3), p.statusByte(4)}
}

// unasked is what a printer tells by itself when its status changes, once GS a
// has switched that on: four bytes, of which the first has bit 4 set and the
// others have not.
func (p *Printer) unasked(before [4]byte) []byte {
	if p.statusOn == 0 || p.state.Mute || p.status() == before {
		return nil
	}
	first := byte(0x10)
	if !p.ready() {
		first |= 0x08
	}
	if p.state.CoverOpen {
		first |= 0x20
	}
	paper := byte(0)
	if p.state.NearEnd || p.leftMM < NearEndMM {
		paper |= 0x03
	}
	if p.out() {
		paper |= 0x0C
	}
	return []byte{first, 0, paper, 0}
}

func nameOf(c command) string {
	group := map[byte]string{esc: "ESC", gs: "GS", fs: "FS", dle: "DLE"}[c.group]
	if c.name > ' ' && c.name < 0x7F {
		return fmt.Sprintf("%s %c", group, c.name)
	}
	return fmt.Sprintf("%s %02X", group, c.name)
}
