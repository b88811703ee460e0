package wire

import (
	"fmt"
	"time"

	"cubby/hardware/modbus"
)

// Waveshare Modbus RTU relay boards with inputs, such as the "Relay (D)" with
// 8 relays and 8 inputs: 9600 8N1 as delivered.
//
//	contacts  UNIT 02 0000 COUNT CRC        reply UNIT 02 N BITS.. CRC
//	unlock    UNIT 05 0200+RELAY TIME CRC   reply: the request; TIME in steps of 100 ms
//	relax     UNIT 05 00FF 0000 CRC         reply: the request; lets go of all relays
//
// "Flash on" closes a relay and opens it again by itself, so a program that
// dies leaves no coil driven. Switching a relay on without an end, toggling it,
// writing several and flashing inversely have no encoder here. Which level of
// an input means an open door is wiring; the usual one here is "active when
// open". Boards sold before September 2021 speak another language.
const (
	waveFlash   = 0x0200 // plus the relay, from 0
	waveAll     = 0x00FF // the address of all relays; only ever written with waveOff
	waveOff     = 0x0000
	waveStep    = 100 * time.Millisecond
	wavePulse   = 500 * time.Millisecond // when nothing else is wanted
	waveMost    = 0x7FFF                 // steps
	waveRelays  = 8
	waveLongest = 9 // bytes: the contacts of 32 channels
)

var waveFamily = family{
	people: "a Waveshare relay board", leastAddress: 1, mostAddress: 247, set: "set 1 to 247 on it",
	usualChannels: waveRelays, maxChannels: 32,
}

type waveshare struct{}

func init() { Register("waveshare-modbus", waveshare{}) }

func (waveshare) Baud() int           { return 9600 }
func (waveshare) Check(b Board) error { return waveFamily.check(b) }
func (waveshare) Locks(b Board) int   { return waveFamily.locks(b) }

func (waveshare) Status(b Board) ([]Request, error) {
	if err := waveFamily.check(b); err != nil {
		return nil, err
	}
	frame, err := modbus.Read(b.Address, modbus.ReadInputs, 0, waveFamily.locks(b))
	return []Request{{Bytes: frame, Board: b.Address, Expect: Status}}, err
}

func (waveshare) Unlock(b Board, lock int, pulse time.Duration) (Request, error) {
	if err := waveFamily.checkLock(b, lock); err != nil {
		return Request{}, err
	}
	steps, err := waveSteps(pulse)
	if err != nil {
		return Request{}, err
	}
	r := waveWrite(b, waveFlash+lock-1, steps)
	r.Expect, r.Locks = Verdict, bit(lock)
	return r, nil
}

func (waveshare) Greet(b Board, pulse time.Duration) ([]Request, error) {
	if err := waveFamily.check(b); err != nil {
		return nil, err
	}
	if _, err := waveSteps(pulse); err != nil {
		return nil, err
	}
	r := waveWrite(b, waveAll, waveOff)
	r.Expect, r.Purpose = Setting, "that all its relays are off"
	return []Request{r}, nil
}

// waveSteps is the length of a pulse as the board counts it.
func waveSteps(pulse time.Duration) (int, error) {
	if pulse == 0 {
		pulse = wavePulse
	}
	if pulse < waveStep || pulse > waveMost*waveStep || pulse%waveStep != 0 {
		return 0, fmt.Errorf("a Waveshare pulse of %v is not possible: give whole steps of 100 ms", pulse)
	}
	return int(pulse / waveStep), nil
}

func waveWrite(b Board, register, value int) Request {
	frame := []byte{
		byte(b.Address), modbus.WriteCoil, byte(register >> 8), byte(register), byte(value >> 8), byte(value),
	}
	return Request{Bytes: modbus.Seal(frame), Board: b.Address, Blurred: true}
}

func (waveshare) NewParser(boards []Board, echo Echo) Parser {
	p := &waveParser{cutter: cutter{longest: waveLongest, echo: echo}, locks: map[int]int{}}
	for _, b := range boards {
		p.locks[b.Address] = waveFamily.locks(b)
	}
	p.cut = p.frame
	return p
}

type waveParser struct {
	cutter
	locks map[int]int // by address
}

func (p *waveParser) frame(b []byte) (f Frame, size int, more bool) {
	r, size, more := modbus.Cut(b)
	if size == 0 {
		return f, 0, more
	}
	f = Frame{Board: r.Unit, Refused: r.Exception != 0}
	switch r.Function {
	case modbus.ReadInputs:
		f.Kind = Status
		p.contacts(&f, r)
	case modbus.WriteCoil:
		waveWritten(&f, r)
	default:
		return Frame{}, 0, false
	}
	return f, size, false
}

// contacts reads the inputs, as many as the board tells. One that says that it
// has not so many can be asked for fewer.
func (p *waveParser) contacts(f *Frame, r modbus.Reply) {
	locks, ok := p.locks[r.Unit]
	if !ok {
		locks = waveRelays
	}
	if f.Refused {
		f.Untried = r.Exception == modbus.BadAddress || r.Exception == modbus.BadValue
		return
	}
	if len(r.Data) != (locks+7)/8 {
		f.Other = min(8*len(r.Data), waveFamily.maxChannels)
		locks = min(locks, f.Other)
	}
	if 8*len(r.Data) > waveFamily.maxChannels {
		r.Data = r.Data[:waveFamily.maxChannels/8]
	}
	var active uint64
	for i, x := range r.Data {
		active |= uint64(x) << (8 * i)
	}
	f.Locks = through(locks)
	f.Closed = ^active & f.Locks
	f.Blank = active&f.Locks == 0
}

// waveWritten reads what a board says about a relay it was told to move. An
// exception does not name the relay: it is about the request under way. By the
// protocol's text function, address and value are looked at before anything is
// done, and a busy device does nothing; any other exception may come of trouble
// on the way, with the relay driven.
func waveWritten(f *Frame, r modbus.Reply) {
	f.Kind = Verdict
	if f.Refused {
		f.Untried = r.Exception < modbus.DeviceFailure || r.Exception == modbus.DeviceBusy
		return
	}
	switch register := int(r.Word(0)); {
	case register == waveAll:
		f.Kind = Setting
	case register >= waveFlash && register < waveFlash+waveFamily.maxChannels:
		f.Locks = bit(register - waveFlash + 1)
	}
}
