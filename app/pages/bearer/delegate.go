package bearer

import (
	"fyne.io/fyne/v2"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// delegate shows the code for somebody else, to be taken along as a photo.
func delegate(s pages.Sheet) pages.Page {
	v := s.View.OfBearer()
	p := pages.Plan{
		Tone: pages.Good, Mark: "receipt", Title: s.Say("bearer_delegate.title"),
		Lead: s.Say("bearer_delegate.lead"),
		More: s.Say("bearer_delegate.ends"),
		Buttons: []pages.Button{
			{Action: view.ActBack, Kind: kit.Secondary}, {Action: view.ActFinish, Kind: kit.Primary},
		},
		Last: true,
	}
	if c := v.Chosen; c != nil && c.DelegateUntil != nil {
		p.More = s.Words.Say("bearer_delegate.ends_at", words.Data{"Time": pages.When(s, *c.DelegateUntil)})
	}
	p.Figure = func(s pages.Sheet) fyne.CanvasObject {
		return pages.Slip(s, v.Code, v.PIN, "bearer_delegate.scan", "bearer_delegate.pin")
	}
	return pages.Compose(s, p)
}
