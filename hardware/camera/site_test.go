package camera

import (
	"bytes"
	"net/http/httptest"
	"testing"
	"time"

	"cubby/hardware/sim"
	"cubby/hardware/sim/panel"
	"cubby/hardware/sim/simtest"
)

// The camera of the simulated site, through everything it can do wrong.
func TestTheCameraOfTheSimulatedSite(t *testing.T) {
	site := simtest.Open(t, sim.Plan{Station: "s", Wall: simtest.Wall(), Cameras: []string{"counter"}, Seed: 1})
	server := httptest.NewServer(panel.Handler(t.Context(), site, panel.Demo{}))
	defer server.Close()
	k := opened(t, Config{URL: server.URL + "/camera/counter.jpg"})
	first, err := k.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := k.Take(t.Context())
	if err != nil || bytes.Equal(first, second) {
		t.Errorf("the second picture is the first one, or %v", err)
	}
	for _, fault := range []string{"camera-error", "camera-junk", "camera-half", "camera-huge"} {
		simtest.Fault(t, site, fault, "camera-counter", "on")
		if _, err := k.Take(t.Context()); err == nil || k.State().State != Suspect {
			t.Errorf("%s: %v, %s", fault, err, k.State().State)
		}
		simtest.Fault(t, site, fault, "camera-counter", "off")
	}
	if _, err := k.Take(t.Context()); err != nil || k.State().State != Working {
		t.Errorf("afterwards: %v", err)
	}
	simtest.Fault(t, site, "camera-slow", "camera-counter", "1h")
	hurried := opened(t, Config{URL: server.URL + "/camera/counter.jpg", Timeout: 50 * time.Millisecond})
	if _, err := hurried.Take(t.Context()); err == nil || hurried.State().State != Silent {
		t.Errorf("camera-slow: %v, %s", err, hurried.State().State)
	}
}
