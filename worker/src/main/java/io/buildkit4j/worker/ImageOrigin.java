package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.CredentialSource;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.SourceId;
import java.util.List;

/** An image that a step begins with, and whom to ask for it. */
sealed interface ImageOrigin {
    /** As it is called in messages. */
    Reference reference();

    /** The platform that is wanted of it. */
    Platform platform();

    /** What its name stands for. */
    Digest digest(List<String> waiting) throws InterruptedException;

    /** Its manifest and configuration. */
    ImageResolver.Resolved resolve(List<String> waiting) throws InterruptedException;

    /** Layers of the image that are still to come, for an earlier build, come to whoever waits now. */
    void renew(Digest image, List<String> waiting) throws InterruptedException;

    /** Whether its layers can be had after the build. */
    boolean stays();

    /** Where its layers are. */
    BlobSource layers(ImageResolver.Resolved image, List<String> waiting) throws InterruptedException;

    /** In a registry, to which a client that waits for the step may log in. */
    record InRegistry(ImageResolver.Question question, ImageResolver resolver, SessionDoor sessions)
            implements ImageOrigin {
        @Override
        public Reference reference() {
            return question.reference();
        }

        @Override
        public Platform platform() {
            return question.platform();
        }

        @Override
        public Digest digest(List<String> waiting) throws InterruptedException {
            return resolver.digest(question, credentials(waiting));
        }

        @Override
        public ImageResolver.Resolved resolve(List<String> waiting) throws InterruptedException {
            return resolver.resolve(question, credentials(waiting));
        }

        @Override
        public BlobSource layers(ImageResolver.Resolved image, List<String> waiting) {
            return resolver.supplies().of(image.digest(), resolver.open(image.reference(), credentials(waiting)));
        }

        @Override
        public void renew(Digest image, List<String> waiting) {
            resolver.supplies().renew(image, resolver.open(reference().withDigest(image), credentials(waiting)));
        }

        @Override
        public boolean stays() {
            return true;
        }

        private CredentialSource credentials(List<String> waiting) {
            return sessions.credentials(waiting);
        }
    }

    /** In an image layout of a client. */
    record InLayout(SourceId.OciLayout source, Platform platform, ImageResolver resolver, SessionDoor sessions)
            implements ImageOrigin {
        @Override
        public Reference reference() {
            return Reference.parse(source.reference());
        }

        @Override
        public Digest digest(List<String> waiting) {
            return reference()
                    .digest()
                    .orElseThrow(() -> new WorkerFault(
                            Kind.INVALID_ARGUMENT,
                            "oci-layout://" + source.reference() + " has no digest: name it as NAME@DIGEST"));
        }

        @Override
        public ImageResolver.Resolved resolve(List<String> waiting) throws InterruptedException {
            return resolver.resolve(reference().withDigest(digest(waiting)), platform, place(waiting));
        }

        @Override
        public BlobSource layers(ImageResolver.Resolved image, List<String> waiting) throws InterruptedException {
            return place(waiting);
        }

        @Override
        public void renew(Digest image, List<String> waiting) {}

        @Override
        public boolean stays() {
            return false;
        }

        private ImagePlace place(List<String> waiting) throws InterruptedException {
            String name = source.store().isEmpty() ? reference().path() : source.store();
            return ImageResolver.layout(name, sessions.require(source.session(), waiting, "the image layout " + name));
        }
    }
}
