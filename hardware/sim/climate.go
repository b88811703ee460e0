package sim

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// A Climate is a sensor of temperature and humidity, XY-MD02 and its kind:
// Modbus RTU, function 04, register 1 the temperature and 2 the humidity, both
// signed and in tenths.
type Climate struct {
	Name       string // its line is called "climate-" and this
	Link       string
	Adapter    Adapter
	Baud       int
	Address    int  // 1 to 247
	Hundredths bool // it counts in hundredths, as a look-alike does
}

// Weather is what a sensor measures.
type Weather struct {
	Sensor      string  `json:"sensor"`
	Celsius     float64 `json:"celsius"`
	HumidityPct float64 `json:"humidity_pct"`
}

// climatePrefix begins the name of a sensor's line.
const climatePrefix = "climate-"

const (
	readMeasurements    byte = 0x04
	registerTemperature int  = 1
	registerHumidity    int  = 2

	coldest, hottest = -40, 125 // what can be set, degrees
)

var climateFaults = []FaultKind{
	{"climate-mute", "climate", "chance", nil, "the sensor does not answer"},
	{"climate-sum", "climate", "chance", nil, "its answers have a wrong checksum"},
	{"climate-broken", "climate", "chance", nil, "its probe is broken: it measures 7FFF"},
}

// SetWeather changes what a sensor measures; no name means the first.
func (s *Site) SetWeather(w Weather) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.plan.Climates, func(c Climate) bool { return c.Name == w.Sensor || w.Sensor == "" })
	switch {
	case i < 0:
		return fmt.Errorf("climate sensor %q: %w", w.Sensor, ErrUnknown)
	case w.Celsius < coldest || w.Celsius > hottest || w.HumidityPct < 0 || w.HumidityPct > 100:
		return fmt.Errorf("%.1f degrees and %.1f %%: %d to %d degrees, 0 to 100 %%: %w", w.Celsius, w.HumidityPct,
			coldest, hottest, ErrCannot)
	}
	w.Sensor = s.plan.Climates[i].Name
	s.weather[i] = w
	s.tell("climate %s: %.1f degrees, %.1f %%", w.Sensor, w.Celsius, w.HumidityPct)
	return nil
}

// Weather is what the sensors measure.
func (s *Site) Weather() []Weather {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Weather{}, s.weather...)
}

// furnishClimate makes the line of sensor i, not yet plugged in.
func (s *Site) furnishClimate(i int) string {
	c := s.plan.Climates[i]
	l := s.device(climatePrefix+c.Name, c.Link, c.Adapter, c.Baud)
	s.weather = append(s.weather, Weather{c.Name, 4.5, 54.6})
	l.hear = func(in chunk, tx *sender) {
		if in.at.Sub(l.lastAt) > frameGap {
			l.pending = nil
		}
		l.lastAt = in.at
		l.pending = append(l.pending, in.data...)
		for {
			frame, used := cutModbus(l.pending)
			answer := s.measured(i, frame)
			l.pending = l.pending[used:]
			if frame == nil {
				return
			}
			if answer != nil && tx.put(sending{data: answer}) != nil {
				return // unplugged
			}
		}
	}
	return l.name
}

// measured answers one request to sensor i; nil is no answer.
func (s *Site) measured(i int, frame []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, name := s.plan.Climates[i], climatePrefix+s.plan.Climates[i].Name
	if len(frame) != 8 || int(frame[0]) != c.Address || s.is("climate-mute", name) {
		return nil
	}
	from, count := int(binary.BigEndian.Uint16(frame[2:])), int(binary.BigEndian.Uint16(frame[4:]))
	fails := func(code byte) []byte { return sealCRC(frame[0], frame[1]|exceptionBit, code) }
	switch {
	case frame[1] != readMeasurements:
		return fails(badFunction)
	case count == 0 || count > 2:
		return fails(badValue)
	case from < registerTemperature || from+count-1 > registerHumidity:
		return fails(badAddress)
	}
	body := []byte{frame[0], frame[1], byte(2 * count)}
	for register := from; register < from+count; register++ {
		value := s.weather[i].Celsius
		if register == registerHumidity {
			value = s.weather[i].HumidityPct
		}
		scale := 10.0
		if c.Hundredths {
			scale = 100
		}
		counted := int16(math.Round(value * scale))
		if s.is("climate-broken", name) {
			counted = math.MaxInt16
		}
		body = binary.BigEndian.AppendUint16(body, uint16(counted))
	}
	answer := sealCRC(body...)
	if s.is("climate-sum", name) {
		answer[len(answer)-1] ^= 0x40
	}
	return answer
}
