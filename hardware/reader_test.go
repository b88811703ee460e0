package hardware

import (
	"encoding/hex"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"cubby/hardware/badge"
	"cubby/hardware/device"
	"cubby/hardware/line"
	"cubby/hardware/scan"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
)

// The pause before another try is an hour: what opens the port again is that the
// reader was seen to come.
func TestAReaderThatIsPluggedInAgainUnderAnotherNameReadsAtOnce(t *testing.T) {
	const port = "usb-path:3-1"
	adapter := sim.AdapterFor(port, 1)
	for _, c := range []struct {
		device string
		plan   sim.Plan
		listen func(*Site) func(scan.Source) error
		show   func(*sim.Site) error
		want   string
	}{
		{ScannerName(""), sim.Plan{Scanner: sim.Scanner{Adapter: adapter, Baud: 9600, Suffix: "cr"}},
			func(s *Site) func(scan.Source) error {
				return newScanner("", Scanner{Port: port, Suffix: "cr"}, s).listen
			},
			func(s *sim.Site) error { return s.Scan([]byte("PARCEL-A"), false) }, "PARCEL-A"},
		{BadgeName(""), sim.Plan{Badge: sim.Badge{Adapter: adapter, Baud: 9600, Format: "rdm6300"}},
			func(s *Site) func(scan.Source) error {
				return (&cardReader{cfg: badge.Config{Port: port, Format: "rdm6300"}, site: s}).listen
			},
			func(s *sim.Site) error { return s.HoldBadge("010063E9AE", time.Second) }, "\x00\x63\xE9\xAE"},
	} {
		t.Run(c.device, func(t *testing.T) {
			t.Parallel()
			c.plan.Devices = t.TempDir()
			wall := simtest.Open(t, c.plan)
			devices := device.Tree(c.plan.Devices).Watch()
			t.Cleanup(func() { devices.Close() })
			site, w := startWith(t, Config{Devices: devices}, usualCoil)
			r := &reader{
				device: c.device, port: port, mode: line.Mode{
					Baud: 9600, Pause: badge.Gap,
				}, site: site, listen: c.listen(site),
			}
			site.running.Go(func() { r.run(device.Pauses{First: time.Hour, Most: time.Hour}) })
			w.hears(c.device, Working)
			simtest.PullOut(t, wall, c.device)
			w.hears(c.device, Gone)
			simtest.PlugIn(t, wall, c.device)
			w.hears(c.device, Working)
			if err := c.show(wall); err != nil {
				t.Fatal(err)
			}
			w.until("what it read", func() bool { return len(w.scans) == 1 })
			if got := string(w.scans[0].Data); got != c.want {
				t.Errorf("it read %s", hex.EncodeToString([]byte(got)))
			}
		})
	}
}

// A bridge whose device somebody else has takes the connection and ends it soon
// after. Told as working each time, it would fill the log.
func TestAPortThatEndsAsSoonAsItIsOpenIsNotToldAsWorkingEachTime(t *testing.T) {
	t.Parallel()
	bridge, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer bridge.Close()
	site, w := startWith(t, Config{}, usualCoil)
	ended := make(chan struct{})
	r := &reader{device: ScannerName(""), port: "tcp://" + bridge.Addr().String(),
		mode: line.Mode{Baud: 9600}, site: site,
		listen: func(scan.Source) error {
			select {
			case ended <- struct{}{}:
			case <-site.stop:
			}
			return errors.New("ended")
		}}
	site.running.Go(func() { r.run(device.Pauses{First: time.Millisecond, Most: time.Millisecond}) })
	for range 20 {
		<-ended
	}
	w.hears(ScannerName(""), Gone)
	w.mu.Lock()
	defer w.mu.Unlock()
	told := slices.DeleteFunc(slices.Clone(w.reports), func(r DeviceReport) bool { return r.Device != ScannerName("") })
	if len(told) > 4 {
		t.Errorf("that it works and that it is gone was told %d times: %v", len(told), told)
	}
}
