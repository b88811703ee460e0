package paper

// Groups of ESC/POS commands, by their first byte.
const (
	lf  byte = 0x0A
	cr  byte = 0x0D
	ht  byte = 0x09
	can byte = 0x18
	dle byte = 0x10
	eot byte = 0x04
	esc byte = 0x1B
	fs  byte = 0x1C
	gs  byte = 0x1D
)

// longestCommand bounds what a command may bring with it, in bytes: a picture of
// more than four metres.
const longestCommand = 4 << 20

// A command is one thing a printer is told: its first two bytes, or its only
// one, and what belongs to it. Text has the group 0.
type command struct {
	group, name byte
	data        []byte
}

// how many bytes follow the name of a command whose length never varies.
var escLengths = map[byte]int{
	'@': 0, '!': 1, 'a': 1, 'd': 1, 'e': 1, 'J': 1, 'K': 1, '-': 1, 'E': 1, 'G': 1, 'M': 1, 'R': 1, 't': 1,
	'V': 1, '{': 1,
	'2': 0, '3': 1, ' ': 1, '$': 2, '\\': 2, 'p': 3, 'c': 2, '=': 1, 'r': 1, 'S': 0, 'L': 0, 'T': 1, 'i': 0, 'm': 0,
	'u': 1, 'v': 0, 'U': 1, '%': 1,
}

var gsLengths = map[byte]int{
	'!': 1, 'a': 1, 'r': 1, 'L': 2, 'W': 2, 'h': 1, 'w': 1, 'H': 1, 'f': 1, 'B': 1, 'I': 1, 'P': 2, '/': 1, 'b': 1,
	'$': 2, '\\': 2, 'j': 1, '^': 3,
}

var fsLengths = map[byte]int{'&': 0, '.': 0, '!': 1, '-': 1, 'S': 2, 'W': 1, 'C': 1, 'p': 2}

// cut takes the first command off what has come. used is 0 while the rest of it
// is still to come. chinese tells whether bytes from 81 on begin a letter of two.
func cut(in []byte, chinese bool) (c command, used int) {
	if len(in) == 0 {
		return c, 0
	}
	switch in[0] {
	case dle:
		return exact(in, map[byte]int{eot: 1, 0x05: 1, 0x14: 3})
	case esc:
		if len(in) > 1 && in[1] == '*' {
			return sized(in, 5, func(h []byte) int { return (int(h[3]) + int(h[4])<<8) * dotColumns(h[2]) })
		}
		if len(in) > 1 && in[1] == 'D' {
			return zeroed(in, 2)
		}
		return exact(in, escLengths)
	case fs:
		return exact(in, fsLengths)
	case gs:
		return cutGS(in)
	}
	if chinese && in[0] >= 0x81 && in[0] <= 0xFE {
		if len(in) < 2 {
			return c, 0
		}
		return command{data: in[:2]}, 2
	}
	return command{data: in[:1]}, 1
}

func dotColumns(mode byte) int {
	if mode >= 32 {
		return 3
	}
	return 1
}

func cutGS(in []byte) (c command, used int) {
	if len(in) < 2 {
		return c, 0
	}
	switch in[1] {
	case '(':
		return sized(in, 5, func(h []byte) int { return int(h[3]) + int(h[4])<<8 })
	case 'v':
		return sized(in, 8, func(h []byte) int { return (int(h[4]) + int(h[5])<<8) * (int(h[6]) + int(h[7])<<8) })
	case '*':
		return sized(in, 4, func(h []byte) int { return int(h[2]) * int(h[3]) * 8 })
	case 'V':
		return sized(in, 3, func(h []byte) int {
			if h[2] >= 65 {
				return 1
			}
			return 0
		})
	case 'k':
		if len(in) < 3 {
			return c, 0
		}
		if in[2] <= 6 {
			return zeroed(in, 3)
		}
		return sized(in, 4, func(h []byte) int { return int(h[3]) })
	}
	return exact(in, gsLengths)
}

// exact takes a command of known length. One nobody knows has no length either,
// so what belongs to it will be printed as text, as on real paper.
func exact(in []byte, lengths map[byte]int) (c command, used int) {
	if len(in) < 2 {
		return c, 0
	}
	n := 2 + lengths[in[1]]
	if len(in) < n {
		return c, 0
	}
	return command{in[0], in[1], in[2:n]}, n
}

// sized takes a command whose head tells how much follows.
func sized(in []byte, head int, rest func(head []byte) int) (c command, used int) {
	if len(in) < head {
		return c, 0
	}
	n := head + rest(in[:head])
	if n > longestCommand {
		return command{in[0], 0, nil}, head // nothing to print; what follows is taken for text
	}
	if len(in) < n {
		return c, 0
	}
	return command{in[0], in[1], in[2:n]}, n
}

// zeroed takes a command that ends with a zero byte.
func zeroed(in []byte, head int) (c command, used int) {
	for i := head; i < len(in); i++ {
		if in[i] == 0 {
			return command{in[0], in[1], in[2:i]}, i + 1
		}
	}
	return c, 0
}
