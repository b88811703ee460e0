package climate

import (
	"errors"
	"fmt"

	"cubby/hardware/modbus"
)

// A Reading is what the sensor measures, in hundredths: 3050 is 30.50 °C.
type Reading struct {
	Temperature int // hundredths of a degree Celsius
	Humidity    int // hundredths of a percent, relative
}

func (r Reading) String() string {
	sign, t := "", r.Temperature
	if t < 0 {
		sign, t = "-", -t
	}
	return fmt.Sprintf("%s%d.%d °C, %d.%d %%", sign, t/100, t%100/10, r.Humidity/100, r.Humidity%100/10)
}

// Celsius is the temperature for metrics.
func (r Reading) Celsius() float64 { return float64(r.Temperature) / 100 }

// Percent is the humidity for metrics.
func (r Reading) Percent() float64 { return float64(r.Humidity) / 100 }

// The sensor's registers: temperature at 1, humidity behind it, read by
// function 04, each signed.
const (
	firstRegister = 1
	registers     = 2
)

// request asks the sensor at an address for both values:
// 01 04 00 01 00 02 20 0B.
func request(address int) ([]byte, error) {
	return modbus.Read(address, modbus.ReadInputRegisters, firstRegister, registers)
}

// errNoReading says that a reply is none to our request.
var errNoReading = errors.New("this is no reading")

// parse takes a reading out of the reply, 01 04 04 TT TT HH HH and its CRC.
// Sensors count in tenths; some look-alikes in hundredths.
func parse(r modbus.Reply, address int, hundredths bool) (Reading, error) {
	switch {
	case r.Unit != address || r.Function != modbus.ReadInputRegisters:
		return Reading{}, errNoReading
	case r.Exception != 0:
		return Reading{},
			fmt.Errorf("it refuses with exception %d: it is no sensor with temperature and humidity in "+
				"registers 1 and 2", r.Exception)
	case len(r.Data) != 2*registers:
		return Reading{}, errNoReading
	}
	unit := 10
	if hundredths {
		unit = 1
	}
	return Reading{Temperature: int(int16(r.Word(0))) * unit, Humidity: int(int16(r.Word(1))) * unit}, nil
}

// What a sensor of this kind can measure, hundredths.
const (
	coldest, hottest = -40_00, 85_00
	driest, wettest  = 0, 100_00
	// No room is so dry. A sensor that seems to say so counts in tenths.
	dryAir = 10_00
)

// plausible says why a reading cannot be right; empty when it can. A wrong unit
// shows in the humidity, which is between 10 and 100 % wherever people are: too
// large by ten it leaves that range above, too small by ten below.
func (r Reading) plausible(hundredths bool) string {
	switch {
	case r.Temperature == 0 && r.Humidity == 0:
		return "it says 0 for both values, as a sensor with a broken element does"
	case r.Humidity > wettest && r.Humidity <= 10*wettest && !hundredths:
		return fmt.Sprintf("%v cannot be: this sensor seems to count in hundredths; set unit = \"hundredths\"", r)
	case hundredths && r.Humidity >= dryAir/10 && r.Humidity < dryAir:
		return fmt.Sprintf("%v is drier than any room: this sensor seems to count in tenths; set unit = \"tenths\"", r)
	case r.Temperature < coldest || r.Temperature > hottest || r.Humidity < driest || r.Humidity > wettest:
		return fmt.Sprintf("%v is out of what such a sensor can measure", r)
	}
	return ""
}
