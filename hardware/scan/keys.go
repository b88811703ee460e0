package scan

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A reader that pretends to be a keyboard is read below the window system, as
// the kernel's input events, so that its digits cannot land in a field of the
// screen. On 64-bit Linux an event has 24 bytes in the machine's byte order:
// time (16), type (2), code (2), value (4, signed); on 32-bit ones time has 8.
// Source: linux/input.h and linux/input-event-codes.h.

const eventSize = 8 + 2*strconv.IntSize/8

// The types, codes and values that matter.
const (
	eventSync    = 0x00
	eventKey     = 0x01
	syncDropped  = 3 // the kernel's buffer ran over: events are missing
	keyUp        = 0
	keyEnter     = 28
	keyEnterPad  = 96
	keyTab       = 15
	keyCtrl      = 29
	keyCtrlRight = 97
	keyShift     = 42
	keyShiftR    = 54
	keyCapsLock  = 58
	keyAlt       = 56
	keyAltGr     = 100
	keyPadFirst  = 71 // of the number pad
	keyPadLast   = 82
)

// Keys turns input events into the characters a keyboard with the reader's layout
// would type; the zero value has that of the USA. Enter is CR, Tab is TAB, and Ctrl
// with a letter or a bracket its control character, so that Ctrl-] is GS. Readers
// that want to know of no layout hold Alt and type a character's number on the
// number pad. It has one user.
type Keys struct {
	layout      *layout
	part        []byte // of an event
	shift, ctrl [2]bool
	alt, altGr  bool
	lock        bool   // caps lock
	dead        rune   // an accent that waits for its letter; else zero
	number      []byte // typed on the number pad while Alt is held
	lost        bool   // events are missing; nothing counts until the next end of a code
}

// NewKeys makes the keys of a reader by the name of its layout. capsLock: the
// reader sends as to a computer whose caps lock is on.
func NewKeys(layout string, capsLock bool) (*Keys, error) {
	l, err := layoutOf(layout)
	return &Keys{layout: l, lock: capsLock}, err
}

// Type takes events as they were read. lost tells that events went missing:
// what was typed before the text returned now, since the last Enter or Tab, is
// a piece of a code and worth nothing.
func (k *Keys) Type(b []byte) (text []byte, lost bool) {
	k.part = append(k.part, b...)
	for len(k.part) >= eventSize {
		e := k.part[eventSize-8 : eventSize]
		kind, code := binary.NativeEndian.Uint16(e), binary.NativeEndian.Uint16(e[2:])
		value := int32(binary.NativeEndian.Uint32(e[4:]))
		k.part = k.part[eventSize:]
		switch {
		case kind == eventSync && code == syncDropped:
			text, lost = nil, true
			// The lock stays as it was, on the device as well.
			*k = Keys{layout: k.layout, part: k.part, lock: k.lock, lost: true}
		case kind == eventKey:
			typed := k.key(code, value)
			if !k.lost {
				text = append(text, typed...)
			} else if strings.HasSuffix(typed, "\r") || strings.HasSuffix(typed, "\t") {
				k.lost = false
			}
		}
	}
	return text, lost
}

// Rest says that nothing was typed for a while: whatever was lost is over.
func (k *Keys) Rest() { k.lost = false }

// key follows one key going down (1), being held (2) or coming up (0), and returns
// what it types.
func (k *Keys) key(code uint16, value int32) (typed string) {
	down := value != keyUp
	switch code {
	case keyShift:
		k.shift[0] = down
	case keyShiftR:
		k.shift[1] = down
	case keyCtrl:
		k.ctrl[0] = down
	case keyCtrlRight:
		k.ctrl[1] = down
	case keyAltGr:
		k.altGr = down
	case keyAlt:
		k.alt = down
		if !down {
			typed = k.numbered()
		}
	case keyCapsLock:
		k.lock = k.lock != (value == 1)
	case keyEnter, keyEnterPad:
		if value == 1 {
			return k.accented('\r')
		}
	case keyTab:
		if value == 1 {
			return k.accented('\t')
		}
	default:
		if value != 1 || int(code) >= len(k.types()[0]) {
			return ""
		}
		digit := k.types()[0][code]
		if k.alt && code >= keyPadFirst && code <= keyPadLast && digit >= '0' && digit <= '9' {
			k.number = append(k.number, byte(digit))
			return ""
		}
		if c := k.character(code); c != 0 {
			return k.accented(c)
		}
	}
	return typed
}

// types is the layout, that of the USA where none was named.
func (k *Keys) types() *layout {
	if k.layout == nil {
		k.layout = layouts["us"]
	}
	return k.layout
}

// numbered is the character whose number was typed on the number pad: of Windows'
// own set behind a zero, else of the old one of the PC.
func (k *Keys) numbered() string {
	digits := string(k.number)
	k.number = nil
	n, err := strconv.ParseUint(digits, 10, 8)
	if err != nil || n == 0 {
		return ""
	}
	set := charmap.CodePage437
	if digits[0] == '0' {
		set = charmap.Windows1252
	}
	if n < utf8.RuneSelf {
		return k.accented(rune(n))
	}
	return k.accented(set.DecodeByte(byte(n)))
}

// accented lets a dead key wait, and puts its accent on what follows.
func (k *Keys) accented(c rune) string {
	dead := k.dead
	k.dead = 0
	switch {
	case dead != 0:
		return compose(dead, c)
	case isDead(c):
		k.dead = c
		return ""
	}
	return string(c)
}

func (k *Keys) character(code uint16) rune {
	l, level := k.types(), 0
	ctrl := k.ctrl[0] || k.ctrl[1]
	altGr := k.altGr || k.alt && ctrl // Windows takes Ctrl and Alt for AltGr
	if altGr {
		level = withAltGr
	}
	if shift := k.shift[0] || k.shift[1]; shift != (k.lock && l.paired(code, level)) {
		level |= withShift
	}
	if ctrl && !k.alt {
		return control(l[level&^withShift][code], layouts["us"][0][code])
	}
	return l[level][code]
}

// control is the control character of a key held with Ctrl. Where the key types
// no bracket and no letter, the key's place counts: readers send Ctrl-] by it.
func control(c, place rune) rune {
	if c >= 'a' && c <= 'z' || c >= '[' && c <= ']' {
		return c & 0x1F
	}
	if place >= '[' && place <= ']' {
		return place & 0x1F
	}
	return 0
}

// typed is a reader that pretends to be a keyboard.
type typed struct {
	keys  *Keys
	split *splitter
}

func (t *typed) feed(b []byte) ([]cut, []byte) {
	text, lost := t.keys.Type(b)
	if lost {
		t.split.drop()
	}
	return t.split.feed(text), nil
}

func (t *typed) pause() []cut {
	t.keys.Rest()
	return t.split.pause()
}

func (t *typed) holding() bool { return t.split.holding() }
