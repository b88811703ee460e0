package client

import (
	"context"
	"net/url"
	"strconv"

	"cubby/locker/view"
)

// ParcelStory tells of a parcel: at most so many lines (1 to 500), the oldest first.
func (c *Client) ParcelStory(ctx context.Context, id string, most int) ([]view.StoryLine, error) {
	return c.story(ctx, "/v1/parcels/"+url.PathEscape(id)+"/story", most)
}

// DoorStory tells of a door in the same way.
func (c *Client) DoorStory(ctx context.Context, number string, most int) ([]view.StoryLine, error) {
	return c.story(ctx, "/v1/compartments/"+url.PathEscape(number)+"/story", most)
}

func (c *Client) story(ctx context.Context, path string, most int) ([]view.StoryLine, error) {
	var told struct{ Story []view.StoryLine }
	limit := url.Values{"limit": {strconv.Itoa(most)}}
	_, err := c.do(ctx, call{named: true, method: "GET", path: path, query: limit}, &told)
	return told.Story, err
}
