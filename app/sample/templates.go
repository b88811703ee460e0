package sample

import (
	"embed"
	"io/fs"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"
)

//go:embed lang
var lang embed.FS

// Words are the sentences of the sample room, in every language.
func Words() fs.FS {
	folder, err := fs.Sub(lang, "lang")
	if err != nil {
		panic(err) // the folder is built in
	}
	return folder
}

// Room has a page of each template that no kind of visit needs yet. It is in no
// product: the gallery and the tests of the pages draw it.
func Room() pages.Room {
	return pages.Room{Name: "sample", Steps: map[view.Step]pages.Drawer{
		"sample_list": pages.Choose{
			Says:   pages.Says{Words: "sample_list", Mark: "parcel", Buttons: []pages.Button{pages.Back}},
			Items:  items(19),
			Action: pick,
		},
		"sample_none": pages.Choose{
			Says:  pages.Says{Words: "sample_list", Mark: "parcel", Buttons: []pages.Button{pages.Back}},
			Items: items(0), Action: pick, None: "sample_list.none",
		},
		"sample_form": pages.Form{
			Says: pages.Says{Words: "sample_form", Mark: "courier", Buttons: []pages.Button{pages.Back}},
			Fields: func(pages.Sheet) []pages.Field {
				return []pages.Field{
					{Name: "name", Label: "sample_form.name", Value: "Ada Lovelace", Letters: true, Max: 40},
					{Name: "number", Label: "sample_form.number", Max: 8},
					{Name: "note", Label: "sample_form.note", Letters: true, Max: 40, May: true},
				}
			},
			Action: pick, Send: "sample_form.send",
		},
		"sample_confirm": pages.Confirm{
			Says: pages.Says{Words: "sample_confirm", Mark: "help", Tone: pages.Warn, Buttons: []pages.Button{
				{Action: pick, Label: "sample_confirm.yes", Kind: kit.Primary}, pages.Back,
			}},
			Facts: func(s pages.Sheet) []pages.Fact {
				return []pages.Fact{
					{
						Label: s.Say("sample_confirm.parcel"),
						Value: "…4821",
					}, {Label: s.Say("sample_confirm.door"), Value: s.Door()},
				}
			},
		},
		"sample_figures": pages.Figures{
			Says: pages.Says{Words: "sample_figures", Mark: "tick", Buttons: []pages.Button{pages.Back}},
			Tiles: func(s pages.Sheet) []pages.Figure {
				return []pages.Figure{
					{
						Label: s.Say("sample_figures.stored"),
						Value: "214",
					}, {Label: s.Say("sample_figures.free"), Value: "31"},
					{Label: s.Say("sample_figures.today"), Value: "98 %", Tone: pages.Good},
					{
						Label: s.Say("sample_figures.check"),
						Value: "2",
						Tone:  pages.Warn,
					}, {Label: s.Say("sample_figures.wait"), Value: "4.6 s"},
				}
			},
		},
	}}
}

// pick is an action of the sample room.
const pick view.ActionName = "sample_pick"

func items(count int) func(pages.Sheet) []pages.Item {
	return func(s pages.Sheet) (all []pages.Item) {
		for i := range count {
			item := pages.Item{
				Value:  string(rune('a' + i)),
				Icon:   "parcel",
				Title:  "…48" + string(rune('A'+i)),
				Detail: s.Say("sample_list.line"),
			}
			if i%4 == 3 {
				item.Tone, item.Icon, item.Detail = pages.Warn, "warning", s.Say("sample_list.late")
			}
			all = append(all, item)
		}
		return all
	}
}

// templates adds the pages of the sample room.
func templates(out *[]Sample) {
	for _, step := range []view.Step{
		"sample_list", "sample_none", "sample_form", "sample_confirm", "sample_figures",
	} {
		s := Sample{
			Name: string(step),
			View: at(step, func(v *view.View) { v.Pickup.Door = "14"; acts(v, view.ActBack) }),
		}
		if step != "sample_figures" {
			acts(&s.View, pick)
		}
		*out = append(*out, s)
		switch step {
		case "sample_list":
			s.Name, s.Chosen = "sample_list-middle", map[string]string{"part": "1"}
		case "sample_form":
			s.Name, s.Chosen = "sample_form-digits", map[string]string{"field": "number", "=number": "4821"}
		default:
			continue
		}
		*out = append(*out, s)
	}
}

// Draft is what has been chosen on a sample's page.
func (s Sample) Draft() *kit.Draft {
	d := kit.NewDraft(nil)
	for name, value := range s.Chosen {
		d.Type(name, value)
	}
	return d
}
