package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"cubby/app/words"
	"cubby/locker/view"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// story tells what the log says of a parcel or a door.
func (t *tool) story(ctx context.Context, args []string) error {
	args, tag, err := cutOption(args, "--lang")
	if err != nil {
		return err
	}
	plain := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--json" })
	asJSON := len(plain) < len(args)
	if len(plain) != 2 || plain[0] != "parcel" && plain[0] != "door" {
		return errors.New("usage: cubbyctl story parcel ID|LABEL | story door DOOR, each with [--lang " +
			"TAG] [--json]")
	}
	book, err := words.Open()
	if err != nil {
		return err
	}
	if tag == "" {
		tag = words.Fallback
	}
	if !slices.Contains(book.Tags(), tag) {
		return fmt.Errorf("there is no translation %q; there are: %s", tag, strings.Join(book.Tags(), ", "))
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	var lines []view.StoryLine
	if plain[0] == "door" {
		lines, err = c.DoorStory(ctx, plain[1], storyMost)
	} else {
		lines, err = storyOfParcel(ctx, c, plain[1])
	}
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", " ")
		return e.Encode(map[string]any{"story": lines})
	}
	t.moment(time.Time{}) // looks the zone up
	for _, l := range lines {
		fmt.Fprintf(t.out, "%s  %s\n", l.At.In(t.zone).Format("2006-01-02 15:04"),
			words.TellIn(book.For(tag), l, t.zone))
	}
	return nil
}

// storyMost is how many lines are asked for.
const storyMost = 500

// storyOfParcel finds the parcel by its id, or by a label that is that of one only.
func storyOfParcel(ctx context.Context, c *client.Client, name string) ([]view.StoryLine, error) {
	lines, err := c.ParcelStory(ctx, name, storyMost)
	var p *problem.Problem
	if !errors.As(err, &p) || p.Status != http.StatusNotFound {
		return lines, err
	}
	labelled, _, err := c.Parcels(ctx, client.ParcelQuery{Label: name})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, l := range labelled {
		ids = append(ids, l.ID)
	}
	switch len(ids) {
	case 0:
		return nil, fmt.Errorf("there is no parcel with the id or label %q here; cubbyctl parcels lists them",
			name)
	case 1:
		return c.ParcelStory(ctx, ids[0], storyMost)
	}
	return nil, fmt.Errorf("the label %q may mean %s: name one of them by its id", name,
		strings.Join(ids, " or "))
}
