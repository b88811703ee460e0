package screen_test

import (
	"cubby/locker/view"
	"cubby/sync/api/apitest"
	"cubby/sync/sse"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheScreenSeesAndActs(t *testing.T) {
	b := apitest.New(t).Staff()
	if body := apitest.Want(t, b.Do("GET", "/screen/v1/view", ""), 200, ""); !strings.Contains(body,
		`"step":"idle"`) {
		t.Errorf("shown %s", body)
	}
	apitest.Want(t, b.Do("POST", "/screen/v1/actions", `{"visit":"","name":"start_pickup"}`), 204, "")
	if len(b.Core.Acts) != 1 || b.Core.Acts[0].Name != "start_pickup" {
		t.Errorf("acted %v", b.Core.Acts)
	}
	apitest.Want(t, b.Do("POST", "/screen/v1/actions", `{"visit":"gone","name":"finish"}`), 409, "stale-page")
	for _, bad := range []string{`{}`, `{"name":""}`, `{"name":"` + strings.Repeat("x", 65) + `"}`,
		`{"name":"type","value":"` + strings.Repeat("1", 513) + `"}`} {
		apitest.Want(t, b.Do("POST", "/screen/v1/actions", bad), 422, "")
	}
	long := "text=" + strings.Repeat("%E4%B8%AD", 56) // a reason in Chinese
	apitest.Want(t, b.Do("POST", "/screen/v1/actions", `{"name":"type","value":"`+long+`"}`), 204, "")
	if typed := b.Core.Acts[len(b.Core.Acts)-1].Value; typed != long {
		t.Errorf("typed %q", typed)
	}
}

func TestAStreamOfViewsTellsEveryChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t).Staff()
		w, ended := b.Follow(t.Context(), "/screen/v1/views")
		synctest.Wait()
		v := b.Core.View("")
		v.Rev, v.Step = 2, "pickup_enter"
		b.Core.Show(v)
		time.Sleep(5*time.Second + time.Second)
		got := apitest.Messages(t, w)
		if len(got) != 2 || got[0].Event != "view" ||
			!strings.Contains(string(got[1].Data), `"step":"pickup_enter"`) {
			t.Errorf("streamed %q", w.String())
		}
		if !strings.HasSuffix(w.String(), sse.KeepAlive) {
			t.Errorf("no sign of life at the end of %q", w.String())
		}
		b.Server.Close()
		<-ended
	})
}

func TestAViewHasListsWhereItHasNothing(t *testing.T) {
	b := apitest.New(t).Staff()
	b.Core.Show(view.View{Step: view.StepUnavailable, Reason: view.ReasonStarting})
	var v struct {
		Languages, Actions []string
		Wall               struct{ Doors []view.Door }
	}
	if err := json.Unmarshal([]byte(apitest.Want(t, b.Do("GET", "/screen/v1/view", ""), 200, "")),
		&v); err != nil {
		t.Fatal(err)
	}
	if v.Languages == nil || v.Actions == nil || v.Wall.Doors == nil {
		t.Errorf("lists are null: %+v", v)
	}
}
