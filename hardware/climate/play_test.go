package climate

import (
	"path/filepath"
	"testing"
	"time"

	"cubby/hardware/device"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
)

// The driver against the simulated sensor, which was written from the published
// frames without it; with the faults a line and a sensor have.
func TestTheSimulatedSensorIsReadThroughItsTroubles(t *testing.T) {
	for _, c := range []struct {
		name       string
		hundredths bool
	}{{"in tenths", false}, {"in hundredths", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			link := filepath.Join(t.TempDir(), "sensor")
			site := simtest.Open(t,
				sim.Plan{Climates: []sim.Climate{{
					Name: "cool", Link: link, Baud: 9600, Address: 7, Hundredths: c.hundredths,
				}}})
			weather := func(celsius, percent float64) {
				t.Helper()
				if err := site.SetWeather(sim.Weather{Celsius: celsius, HumidityPct: percent}); err != nil {
					t.Fatal(err)
				}
			}
			fault := func(kind, value string) {
				t.Helper()
				simtest.Fault(t, site, kind, "climate-cool", value)
			}
			weather(5.1, 60)
			b := newBench(t)
			s, err := Open(Config{Device: "climate cooled", Port: link, Address: 7, Hundredths: c.hundredths,
				Limits: Limits{Min: 2_00, Max: 8_00},
				Poll:   50 * time.Millisecond}, b)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			b.until(Working)
			if r, _ := s.Reading(); r != (Reading{5_10, 60_00}) {
				t.Errorf("it reads %v", r)
			}
			weather(-3, 60)
			b.until(TooCold)
			weather(5, 60)
			b.until(Working)
			fault("climate-broken", "on")
			b.until(Suspect)
			fault("climate-broken", "off")
			b.until(Working)
			fault("climate-sum", "1")
			b.until(Silent)
			fault("climate-sum", "off")
			b.until(Working)
			fault("climate-mute", "1")
			b.until(Silent)
			fault("climate-mute", "off")
			b.until(Working)
		})
	}
}

func TestAWrongUnitIsToldFromTheRightOne(t *testing.T) {
	t.Parallel()
	for name, counts := range map[string]bool{
		"the sensor counts in hundredths": true, "the sensor counts in tenths": false,
	} {
		t.Run(name, func(t *testing.T) {
			link := filepath.Join(t.TempDir(), "sensor")
			simtest.Open(t,
				sim.Plan{Climates: []sim.Climate{{
					Name: "cool", Link: link, Baud: 9600, Address: 1, Hundredths: counts,
				}}})
			b := newBench(t)
			s, err := Open(Config{
				Device: "climate cooled", Port: link, Address: 1, Hundredths: !counts, Poll: 50 * time.Millisecond,
			}, b)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			b.until(Suspect)
			if r, at := s.Reading(); !at.IsZero() {
				t.Errorf("%v is believed", r)
			}
		})
	}
}

// The pause before another try is an hour: what opens the port again is that the
// sensor's adapter was seen to come.
func TestASensorThatIsPluggedInAgainUnderAnotherNameIsReadAtOnce(t *testing.T) {
	t.Parallel()
	tree := t.TempDir()
	site := simtest.Open(t, sim.Plan{
		Devices: tree, Climates: []sim.Climate{{
			Name: "cool", Adapter: sim.AdapterFor("usb-path:3-1", 1), Baud: 9600, Address: 1,
		}},
	})
	devices := device.Tree(tree).Watch()
	t.Cleanup(func() { devices.Close() })
	b := newBench(t)
	s, err := open(Config{
		Device: "climate cooled", Port: "usb-path:3-1", Devices: devices, Address: 1, Poll: 50 * time.Millisecond,
	}, b,
		device.Pauses{First: time.Hour, Most: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b.until(Working)
	simtest.PullOut(t, site, "climate-cool")
	b.until(Gone)
	simtest.PlugIn(t, site, "climate-cool")
	b.until(Working)
}
