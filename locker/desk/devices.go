package desk

import (
	"slices"
	"time"

	"cubby/locker/health"
	"cubby/locker/view"
)

// Merged puts the matters of devices between the lines of the queue that is shown.
func Merged(items []view.StaffItem, devices []Matter) []view.StaffItem {
	for _, m := range devices {
		items = append(items, Item(m))
	}
	worst := health.Severities()
	slices.SortStableFunc(items, func(a, b view.StaffItem) int {
		x, y := slices.Index(worst, health.Severity(b.Harm)), slices.Index(worst, health.Severity(a.Harm))
		if x != y {
			return x - y
		}
		return timeOf(a.At).Compare(timeOf(b.At))
	})
	return items
}

func timeOf(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

// DeviceItems lists all devices but the doors, those that do not work first.
func DeviceItems(devices []health.Device) (items []view.StaffItem) {
	for _, d := range devices {
		if d.Kind == health.Door {
			continue
		}
		item := view.StaffItem{
			Value: d.Name, Kind: d.Kind, Title: *text(d.Name),
			Detail: &view.Message{ID: "device." + d.Kind + "." + d.State, Text: d.Title},
		}
		if d.Severity != health.OK {
			item.Harm = string(d.Severity)
		}
		if !d.Since.IsZero() {
			item.At = &d.Since
		}
		items = append(items, item)
	}
	worst := health.Severities()
	slices.SortStableFunc(items, func(a, b view.StaffItem) int {
		return slices.Index(worst, health.Severity(b.Harm)) - slices.Index(worst, health.Severity(a.Harm))
	})
	return items
}

// DeviceFacts is what is known of one device.
func DeviceFacts(d health.Device) (f facts) {
	state := d.Kind + "." + d.State
	f.text("device", d.Name)
	f = append(f, view.StaffFact{
		Name: "status", Value: &view.Message{ID: "device." + state, Text: d.Title}, At: &d.Since,
	})
	if d.ToDo != "" {
		f.add("todo", &view.Message{ID: "todo." + state, Text: d.ToDo})
	}
	f.text("detail", d.Detail)
	return f
}
