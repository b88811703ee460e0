package scan

import (
	"encoding/binary"
	"strconv"
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
)

// plainKeys and shiftKeys are what keys mean on a US layout, by code; zero where
// a key types nothing. Readers are set to it in the factory.
var plainKeys, shiftKeys = layout()

func layout() (plain, shift [128]byte) {
	for _, row := range []struct {
		first        int
		plain, shift string
	}{
		{2, "1234567890-=", "!@#$%^&*()_+"},
		{16, "qwertyuiop[]", "QWERTYUIOP{}"},
		{30, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
		{43, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
		{55, "*", "*"}, {57, " ", " "},
		{71, "789-456+1230.", "789-456+1230."}, // number pad
		{98, "/", "/"},
	} {
		copy(plain[row.first:], row.plain)
		copy(shift[row.first:], row.shift)
	}
	return plain, shift
}

// Keys turns input events into the characters a US keyboard would type. Enter
// is CR, Tab is TAB, and Ctrl with a letter or a bracket its control character,
// so that Ctrl-] is GS. It has one user.
type Keys struct {
	part        []byte // of an event
	shift, ctrl [2]bool
	lock        bool // caps lock
	lost        bool // events are missing; nothing counts until the next end of a code
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
			*k = Keys{part: k.part, lock: k.lock, lost: true} // the lock stays as it was, on the device as well
		case kind == eventKey:
			if c, typed := k.key(code, value); typed && !k.lost {
				text = append(text, c)
			} else if typed && (c == '\r' || c == '\t') {
				k.lost = false
			}
		}
	}
	return text, lost
}

// Rest says that nothing was typed for a while: whatever was lost is over.
func (k *Keys) Rest() { k.lost = false }

// key follows one key going down (1), being held (2) or coming up (0).
func (k *Keys) key(code uint16, value int32) (c byte, typed bool) {
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
	case keyCapsLock:
		k.lock = k.lock != (value == 1)
	case keyEnter, keyEnterPad:
		return '\r', value == 1
	case keyTab:
		return '\t', value == 1
	default:
		if value == 1 && int(code) < len(plainKeys) {
			c = k.character(code)
		}
	}
	return c, c != 0
}

func (k *Keys) character(code uint16) byte {
	c := plainKeys[code]
	letter := c >= 'a' && c <= 'z'
	shift := k.shift[0] || k.shift[1]
	if k.ctrl[0] || k.ctrl[1] {
		if letter || c >= '[' && c <= ']' {
			return c & 0x1F
		}
		return 0
	}
	if letter && k.lock {
		shift = !shift
	}
	if shift {
		return shiftKeys[code]
	}
	return c
}

// typed is a reader that pretends to be a keyboard.
type typed struct {
	keys  Keys
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
