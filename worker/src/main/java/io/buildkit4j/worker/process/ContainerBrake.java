package io.buildkit4j.worker.process;

import io.buildkit4j.linux.FreezableGroup;
import io.buildkit4j.store.Brake;

/** Stops the control group of a container, once the runtime has made it. */
public record ContainerBrake(String cgroup) implements Brake {
    @Override
    public void hold() {
        FreezableGroup.find(cgroup).ifPresent(FreezableGroup::freeze);
    }

    @Override
    public void go() {
        FreezableGroup.find(cgroup).ifPresent(FreezableGroup::thaw);
    }
}
