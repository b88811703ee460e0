package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"cubby/locker/health"
	"cubby/locker/parcel"
	"cubby/sync/client"
)

// devices lists the status of everything: all of it, or what is not well.
func (t *tool) devices(ctx context.Context, args []string) error {
	const form = "devices [all]"
	if err := want(args, 0, 1, form); err != nil {
		return err
	}
	all := len(args) == 1 && args[0] == "all"
	if len(args) == 1 && !all {
		return fmt.Errorf("usage: cubbyctl %s", form)
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	list, err := c.Devices(ctx)
	if err != nil {
		return err
	}
	well := len(list)
	if !all {
		list = slices.DeleteFunc(list, func(d health.Device) bool { return d.Severity == health.OK })
	}
	well -= len(list)
	if len(list) > 0 {
		err = t.table("DEVICE\tSEVERITY\tSINCE\tWHAT IS WRONG\tWHAT TO DO\tDETAIL", func(w io.Writer) {
			for _, d := range list {
				since := ""
				if !d.Since.IsZero() {
					since = t.moment(d.Since)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", d.Name, d.Severity, since, d.Title, d.ToDo, d.Detail)
			}
		})
	}
	if !all {
		fmt.Fprintf(t.out, "%d devices and doors are well\n", well)
	}
	return err
}

func (t *tool) print(ctx context.Context, args []string) error {
	const form = "print test [PRINTER] | print jobs | print again JOB"
	c, err := t.client()
	if err != nil {
		return err
	}
	switch {
	case len(args) >= 1 && len(args) <= 2 && args[0] == "test":
		return t.printTest(ctx, c, args[1:])
	case len(args) == 1 && args[0] == "jobs":
		jobs, err := c.PrintJobs(ctx)
		if err != nil {
			return err
		}
		return t.table("JOB\tPRINTER\tWHAT\tSINCE\tTRIES\tWAITS", func(w io.Writer) {
			for _, j := range jobs {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%t\n", j.ID, j.Printer, j.Title, t.moment(j.Since),
					j.Tries, j.Waits)
			}
		})
	case len(args) == 2 && args[0] == "again":
		return c.PrintAgain(ctx, args[1])
	}
	return fmt.Errorf("usage: cubbyctl %s", form)
}

// Paper is looked for this long, this often.
const (
	paperWait = 30 * time.Second
	paperLook = 300 * time.Millisecond
)

// printTest prints a test page on one printer or on each, and waits for the
// paper.
func (t *tool) printTest(ctx context.Context, c *client.Client, only []string) error {
	printers := only
	if len(only) == 0 {
		all, err := c.Devices(ctx)
		if err != nil {
			return err
		}
		for _, d := range all {
			if d.Kind == health.Printer || d.Kind == health.LabelPrinter {
				printers = append(printers, d.Name)
			}
		}
	}
	if len(printers) == 0 {
		return errors.New("no printer has been heard of: name one under [printer] or [label_printer] in the " +
			"configuration")
	}
	var failed error
	for _, name := range printers {
		job, err := c.PrintTest(ctx, name)
		if err == nil {
			fmt.Fprintf(t.out, "%s: job %s\n", name, job)
			err = t.awaitPaper(ctx, c, name, job)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", name, err))
		}
	}
	return failed
}

func (t *tool) awaitPaper(ctx context.Context, c *client.Client, name, job string) error {
	ctx, cancel := context.WithTimeout(ctx, paperWait)
	defer cancel()
	for look := time.NewTicker(paperLook); ; {
		jobs, err := c.PrintJobs(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(jobs, func(j parcel.PrintJob) bool { return j.ID == job })
		all, err := c.Devices(ctx)
		if err != nil {
			return err
		}
		d := slices.IndexFunc(all, func(d health.Device) bool { return d.Name == name })
		if i >= 0 && !jobs[i].Waits && d >= 0 {
			fmt.Fprintf(t.out, "%s: sent whole; %s\n", name, all[d].Title)
			return nil
		}
		if d >= 0 && all[d].Severity == health.Warning && i >= 0 && jobs[i].Tries != 1 {
			return fmt.Errorf("%s. %s (%s) The page waits and is printed then", all[d].Title, all[d].ToDo,
				all[d].Detail)
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			look.Stop()
			return errors.New("nothing is known after half a minute; cubbyctl print jobs shows how it goes on")
		}
	}
}
