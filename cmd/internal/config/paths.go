package config

import (
	"fmt"
	"path/filepath"
)

// resolvePaths makes every path absolute; a relative one is meant from the
// file's own folder, so that a station's folder can be moved as a whole.
func (c *Config) resolvePaths() error {
	folder, err := filepath.Abs(filepath.Dir(c.Path))
	if err != nil {
		return fmt.Errorf("find the folder of %s: %w", c.Path, err)
	}
	absolute := func(p *string) {
		if *p != "" && !filepath.IsAbs(*p) && !namedDevice.MatchString(*p) {
			*p = filepath.Join(folder, *p)
		}
	}
	absolute(&c.Station.DataDir)
	absolute(&c.Rest.Socket)
	absolute(&c.Returns.RulesDir)
	c.Messages.Resolve(folder)
	resolveReader(&c.Scanner.Port, folder, absolute)
	absolute(&c.Badge.Port)
	for i := range c.Terminals {
		resolveReader(&c.Terminals[i].Scanner.Port, folder, absolute)
		absolute(&c.Terminals[i].Badge.Port)
	}
	absolute(&c.Devices.Folder)
	absolute(&c.Printer.Port)
	absolute(&c.LabelPrinter.Port)
	for i := range c.Climates {
		absolute(&c.Climates[i].Port)
	}
	for i := range c.RefundProviders {
		absolute(&c.RefundProviders[i].KeyFile)
	}
	absolute(&c.Shop.Payment.KeyFile)
	absolute(&c.Shop.Payment.WebhookSecretFile)
	for i := range c.Buses {
		absolute(&c.Buses[i].Port)
	}
	// Linux keeps a socket's path in 108 bytes, the last of which is zero.
	if len(c.Rest.Socket) > 104 {
		return fmt.Errorf("%s: rest.socket: %q has %d bytes: at most 104 with its folder", c.Path,
			c.Rest.Socket,
			len(c.Rest.Socket))
	}
	return nil
}
