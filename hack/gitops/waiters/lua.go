package main

import (
	"fmt"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"
)

// The libraries that Argo CD opens for a script, whose interpreter this is. Of os it offers the clock alone.
var libraries = []struct {
	name string
	open lua.LGFunction
}{
	{lua.LoadLibName, lua.OpenPackage},
	{lua.BaseLibName, lua.OpenBase},
	{lua.TabLibName, lua.OpenTable},
	{lua.OsLibName, openClock},
}

func openClock(state *lua.LState) int {
	opened := lua.OpenOs(state)
	library := state.Get(-1).(*lua.LTable)
	var others []string
	library.ForEach(func(name, _ lua.LValue) {
		if name.String() != "date" && name.String() != "time" {
			others = append(others, name.String())
		}
	})
	for _, name := range others {
		library.RawSetString(name, lua.LNil)
	}
	return opened
}

// script runs one file with the object as `obj` and returns what it returns.
func script(file string, object map[string]any) (map[string]any, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range libraries {
		call := lua.P{Fn: state.NewFunction(library.open), Protect: true}
		if err := state.CallByParam(call, lua.LString(library.name)); err != nil {
			return nil, err
		}
	}
	state.SetGlobal("obj", toLua(state, object))
	if err := state.DoFile(file); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	returned, ok := toJSON(state.Get(-1)).(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s returns no table", file)
	}
	return returned, nil
}

func health(folder string, object map[string]any) (map[string]any, error) {
	return script(filepath.Join(folder, "health.lua"), object)
}

func actions(folder string, object map[string]any) (map[string]action, error) {
	offered, err := script(filepath.Join(folder, "actions", "discovery.lua"), object)
	if err != nil {
		return nil, err
	}
	found := map[string]action{}
	for name, settings := range offered {
		disabled, _ := settings.(map[string]any)["disabled"].(bool)
		if disabled {
			found[name] = action{Disabled: true}
			continue
		}
		after, err := script(filepath.Join(folder, "actions", name+".lua"), object)
		if err != nil {
			return nil, err
		}
		found[name] = action{After: after}
	}
	return found, nil
}

func toLua(state *lua.LState, value any) lua.LValue {
	switch typed := value.(type) {
	case bool:
		return lua.LBool(typed)
	case float64:
		return lua.LNumber(typed)
	case string:
		return lua.LString(typed)
	case []any:
		table := state.NewTable()
		for _, inner := range typed {
			table.Append(toLua(state, inner))
		}
		return table
	case map[string]any:
		table := state.NewTable()
		for name, inner := range typed {
			table.RawSetString(name, toLua(state, inner))
		}
		return table
	}
	return lua.LNil
}

// toJSON takes a table with a first element for a list. Ours have no empty lists.
func toJSON(value lua.LValue) any {
	switch typed := value.(type) {
	case lua.LBool:
		return bool(typed)
	case lua.LNumber:
		return float64(typed)
	case lua.LString:
		return string(typed)
	case *lua.LTable:
		if typed.Len() > 0 {
			list := make([]any, 0, typed.Len())
			for index := 1; index <= typed.Len(); index++ {
				list = append(list, toJSON(typed.RawGetInt(index)))
			}
			return list
		}
		object := map[string]any{}
		typed.ForEach(func(name, inner lua.LValue) { object[name.String()] = toJSON(inner) })
		return object
	}
	return nil
}
