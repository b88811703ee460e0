package client

import (
	"context"
	"net/url"

	"cubby/locker/calendar"
	"cubby/locker/health"
	"cubby/locker/parcel"
)

// Devices tells the status of every device and every door.
func (c *Client) Devices(ctx context.Context) ([]health.Device, error) {
	var list struct{ Devices []health.Device }
	_, err := c.do(ctx, call{named: true, method: "GET", path: "/v1/devices"}, &list)
	return list.Devices, err
}

// Clock compares the machine's clock with the calendar by which parcels expire.
func (c *Client) Clock(ctx context.Context) (now calendar.Standing, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/clock"}, &now)
	return now, err
}

// AcceptClock sets the calendar to a clock that is doubted. Somebody must have
// looked at what it says.
func (c *Client) AcceptClock(ctx context.Context) (now calendar.Standing, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/clock/accept"}, &now)
	return now, err
}

// PrintTest prints a test page and returns the job's id; it does not wait for
// the paper.
func (c *Client) PrintTest(ctx context.Context, printer string) (job string, err error) {
	var made struct{ ID string }
	_, err = c.do(
		ctx, call{method: "POST", path: "/v1/print-jobs", body: map[string]string{"printer": printer}},
		&made)
	return made.ID, err
}

// PrintJobs lists what the printers have to print or have printed.
func (c *Client) PrintJobs(ctx context.Context) ([]parcel.PrintJob, error) {
	var list struct{ Jobs []parcel.PrintJob }
	_, err := c.do(ctx, call{method: "GET", path: "/v1/print-jobs"}, &list)
	return list.Jobs, err
}

// PrintAgain prints a job once more, as a copy.
func (c *Client) PrintAgain(ctx context.Context, job string) error {
	_, err := c.do(ctx, call{method: "POST", path: "/v1/print-jobs/" + url.PathEscape(job) + "/again"}, nil)
	return err
}
