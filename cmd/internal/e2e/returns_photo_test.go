package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cubby/locker/people"
	"cubby/locker/view"
)

// What is broken comes back with a picture; the receipt is on paper with the return's number
// as a QR code. The picture is sealed on the disk, and gone when the return is over.
func TestWhatIsBrokenComesBackWithAPictureAndAReceiptOnPaper(t *testing.T) {
	t.Parallel()
	eye := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		jpeg.Encode(w, image.NewGray(image.Rect(0, 0, 3000, 2000)), nil)
	}))
	defer eye.Close()
	s := newStation(
		t,
		change{"[returns]\n", "[[camera]]\nname = \"counter\"\nurl = \"" + eye.URL + "/one.jpg\"\n\n" +
			"[[terminal]]\nname = \"kiosk\"\ncamera = \"counter\"\n\n[printer]\nport = \"run/printer\"\n\n" +
			"[returns]\nsole_site = true\n"},
	)
	s.token = strings.TrimSpace(
		s.made("photos", "key", "add", "parcels:read,events:read,staff:act,orders:read,"+
			"orders:write,returns:read,returns:write,returns:decide"),
	)
	kim := s.hire("Kim", people.Manager)
	s.bought("O-1", "demo")
	s.status("camera counter", "working")
	s.status("printer", "working")
	s.scan("RC-O-1")
	s.step(view.StepReturnLines)
	s.touch(view.ActPick, "A")
	s.step(view.StepReturnReason)
	s.touch(view.ActPick, "damaged_in_transit")
	s.step(view.StepReturnPhoto)
	s.touch(view.ActPhoto, "")
	s.until("the picture is taken", func(v view.View) bool {
		return v.Step == view.StepReturnPhoto && v.OfReturn().Camera == "taken"
	})
	s.touch(view.ActYes, "")
	s.step(view.StepReturnOffer)
	s.touch(view.ActPick, "original")
	door := s.step(view.StepReturnOpen).Door()
	s.put(door)
	done := s.step(view.StepReturnDone)
	id, bag := done.OfReturn().Case, done.OfReturn().Bags[0].Code
	s.touch(view.ActPrint, "")
	s.until("it is printed", func(v view.View) bool { return v.OfReturn().Print == view.PrintDone })
	paper := s.printed("printer")
	if len(paper.Pieces) != 1 || !slices.Equal(paper.Pieces[0].Codes, []string{id}) ||
		!strings.Contains(paper.Pieces[0].Text, bag+", door "+door) {
		t.Errorf("on paper is %+v", paper.Pieces)
	}

	status, answer, _ := s.call("GET", "/v1/returns/"+id, "")
	var c struct{ Items []struct{ Photos []string } }
	if status != http.StatusOK || json.Unmarshal(answer, &c) != nil || len(c.Items[0].Photos) != 1 {
		t.Fatalf("the return: %d %s", status, answer)
	}
	path := "/v1/returns/" + id + "/photos/" + c.Items[0].Photos[0]
	status, answer, header := s.call("GET", path, "")
	picture, err := jpeg.DecodeConfig(bytes.NewReader(answer))
	if status != http.StatusOK || err != nil || picture.Width != 1600 || len(answer) > 300_000 ||
		header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture: %d, %d bytes, %+v, %v", status, len(answer), picture, err)
	}
	folder := filepath.Join(s.dir, "data", "photos")
	kept, err := os.ReadFile(filepath.Join(folder, c.Items[0].Photos[0]))
	if err != nil || bytes.Contains(kept, answer[:64]) {
		t.Errorf("on the disk it is not sealed, or %v", err)
	}

	if status, answer := s.by(kim, "POST", "/v1/parcels/"+bag+"/counter",
		`{"reason":"round"}`); status != http.StatusOK {
		t.Fatalf("to the counter: %d %s", status, answer)
	}
	for _, step := range []struct{ path, body string }{
		{"/items/1/grade", `{"result":"damaged","note":"torn"}`},
		{"/items/1/decide", `{"decision":"reject_and_give_back","reason":"worn"}`},
		{"/close", `{}`},
	} {
		if status, answer, _ := s.call("POST", "/v1/returns/"+id+step.path,
			step.body); status != http.StatusOK {
			t.Fatalf("%s: %d %s", step.path, status, answer)
		}
	}
	eventually(t, "the picture is erased", func() (bool, string) {
		left, _ := os.ReadDir(folder)
		return len(left) == 0, "there are pictures left"
	})
	if status, _, _ := s.call("GET", path, ""); status != http.StatusNotFound {
		t.Errorf("the erased picture: %d", status)
	}
}
