package app

import (
	"bytes"
	"container/list"
	"context"
	"image"
	_ "image/jpeg" // pictures of things for sale are JPEG or PNG
	_ "image/png"
	"sync"
	"time"
)

// shownPictures are those of things for sale that the screen has asked the core for, the ones that were shown
// last. Asking does not wait: a picture that is on its way is drawn when it is there.
type shownPictures struct {
	ask  func(ctx context.Context, hash string, size int) ([]byte, error)
	came func() // the page may be drawn anew

	mu   sync.Mutex // guards what follows
	made map[pictureName]*list.Element
	used list.List // of *picture, the one used last first
}

type pictureName struct {
	hash string
	size int
}

type picture struct {
	pictureName
	img  image.Image // nil: it is on its way, or cannot be had
	late time.Time   // when it may be asked for again
}

const (
	mostPictures = 96 // of at most 720 pixels a side: 192 MiB at worst, 20 MiB as a rule
	pictureTime  = 5 * time.Second
	pictureAgain = 10 * time.Second
)

func newPictures(ask func(context.Context, string, int) ([]byte, error), came func()) *shownPictures {
	return &shownPictures{ask: ask, came: came, made: map[pictureName]*list.Element{}}
}

// get is a picture by its hash; nil: it is not there, or not yet.
func (p *shownPictures) get(hash string, size int) image.Image {
	if p == nil || p.ask == nil || hash == "" {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	name := pictureName{hash, size}
	if e, ok := p.made[name]; ok {
		p.used.MoveToFront(e)
		one := e.Value.(*picture)
		if one.img == nil && time.Now().After(one.late) {
			p.fetch(one)
		}
		return one.img
	}
	one := &picture{pictureName: name}
	p.made[name] = p.used.PushFront(one)
	if p.used.Len() > mostPictures {
		last := p.used.Back()
		delete(p.made, last.Value.(*picture).pictureName)
		p.used.Remove(last)
	}
	p.fetch(one)
	return nil
}

// fetch asks for a picture, beside the goroutine that draws. The caller holds mu.
func (p *shownPictures) fetch(one *picture) {
	one.late = time.Now().Add(pictureAgain)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), pictureTime)
		defer cancel()
		text, err := p.ask(ctx, one.hash, one.size)
		if err != nil {
			return
		}
		img, _, err := image.Decode(bytes.NewReader(text))
		if err != nil {
			return
		}
		p.mu.Lock()
		one.img = img
		p.mu.Unlock()
		p.came()
	}()
}
