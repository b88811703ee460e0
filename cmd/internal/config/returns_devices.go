package config

import (
	"slices"
	"strings"
	"time"

	"cubby/hardware/camera"
	"cubby/sync/refund"
)

// RefundProvider pays refunds of some tenders; the centre pays all others.
type RefundProvider struct {
	Name    string        `toml:"name" required:"true"`
	Tenders []string      `toml:"tenders" default:"card"`
	URL     string        `toml:"url" required:"true"`
	KeyFile string        `toml:"key_file" required:"true"`
	Timeout time.Duration `toml:"timeout_s" unit:"1s" default:"20" min:"2" max:"120"`
}

// Camera takes pictures of what comes back; it has an address or a command.
type Camera struct {
	Name    string        `toml:"name" required:"true"`
	URL     string        `toml:"url" default:""`
	Command []string      `toml:"command"`
	Timeout time.Duration `toml:"timeout_s" unit:"1s" default:"10" min:"1" max:"60"`
}

// providerTenders are those that a payment provider can pay back. Cash is paid at the
// till, gift cards and points are the centre's.
var providerTenders = []string{"card", "transfer", "invoice", "other"}

// Providers are the payment providers that refunds are ordered from.
func (c *Config) Providers() (all []refund.Config) {
	for _, p := range c.RefundProviders {
		all = append(all, refund.Config{Name: p.Name, URL: p.URL, KeyFile: p.KeyFile, Timeout: p.Timeout})
	}
	return all
}

const cameraPrefix = "camera "

// Snapshots are the cameras that package camera opens.
func (c *Config) Snapshots() (all []camera.Config) {
	for _, k := range c.Cameras {
		all = append(all, camera.Config{
			Device: cameraPrefix + k.Name, URL: k.URL, Command: k.Command, Timeout: k.Timeout,
		})
	}
	return all
}

// CameraDevice is the name of a terminal's camera among the devices; empty: it has none.
func (t Terminal) CameraDevice() string {
	if t.Camera == "" {
		return ""
	}
	return cameraPrefix + t.Camera
}

// LabelPrinterDevice is the name of the printer of a terminal's labels among the devices;
// empty: it has none. A label opens nothing, so all terminals have the one there is.
func (c *Config) LabelPrinterDevice(t Terminal) string {
	if c.LabelPrinter.Port == "" || t.LabelPrinter == "none" {
		return ""
	}
	return labelPrinterDevice
}

func (c *Config) checkProviders(r *reader) {
	names, taken := map[string]bool{}, map[string]string{}
	for i, p := range c.RefundProviders {
		path := element("refund_provider", i)
		if p.Name != "" && !deviceName.MatchString(p.Name) {
			r.refuse(path+".name", "is %q: 1 to 20 lower-case letters, digits and hyphens", p.Name)
		}
		if p.Name == refund.CentreName {
			r.refuse(path+".name", "is %q, which pays what no provider does: another name", p.Name)
		}
		if names[p.Name] {
			r.refuse(path+".name", "%q is named twice: each provider once", p.Name)
		}
		names[p.Name] = true
		if len(p.Tenders) == 0 {
			r.refuse(path+".tenders", "is empty: at least one of %s", strings.Join(providerTenders, ", "))
		}
		for j, kind := range p.Tenders {
			at := element(path+".tenders", j)
			if !slices.Contains(providerTenders, kind) {
				r.refuse(at, "%q cannot be paid back by a provider: one of %s", kind,
					strings.Join(providerTenders, ", "))
			} else if other, twice := taken[kind]; twice {
				r.refuse(at, "%q is paid back by %s already: each tender by one provider", kind, other)
			}
			taken[kind] = p.Name
		}
		if err := refund.CheckURL(p.URL); err != nil && p.URL != "" {
			r.refuse(path+".url", "%v", err)
		}
		if p.URL == "" {
			r.refuse(path+".url", "is empty: an address such as \"https://api.stripe.com\"")
		}
		if p.KeyFile == "" {
			r.refuse(path+".key_file", "is empty: the path of the file with the secret key")
		}
	}
}

func (c *Config) checkCameras(r *reader) {
	names := map[string]bool{}
	for i, k := range c.Cameras {
		path := element("camera", i)
		if k.Name != "" && !deviceName.MatchString(k.Name) {
			r.refuse(path+".name", "is %q: 1 to 20 lower-case letters, digits and hyphens", k.Name)
		}
		if names[k.Name] {
			r.refuse(path+".name", "%q is named twice: each camera once", k.Name)
		}
		names[k.Name] = true
		if err := camera.Check(camera.Config{URL: k.URL, Command: k.Command}); err != nil {
			r.refuse(path, "%v", err)
		}
	}
	for i, t := range c.Terminals {
		if t.Camera != "" && !names[t.Camera] {
			r.refuse(element("terminal", i)+".camera", "there is no [[camera]] %q: %s", t.Camera,
				oneOf(c.Cameras, func(k Camera) any { return k.Name }))
		}
		if t.LabelPrinter == "label_printer" && c.LabelPrinter.Port == "" {
			r.refuse(element("terminal", i)+".label_printer",
				"names the label printer, and there is none: describe it under [label_printer]")
		}
	}
}
