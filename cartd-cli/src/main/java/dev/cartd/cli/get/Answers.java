package dev.cartd.cli.get;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.cartd.cart.Checksum;
import dev.cartd.cli.get.FilePage.ListedFile;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the JSON of a server. Members that nobody needs are skipped. */
final class Answers {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Answers() {}

    /** Reads the value of a member. */
    private interface Member {
        /** Reads the value at which {@code json} is, or leaves it. */
        void read(String name, JsonParser json) throws IOException;
    }

    /**
     * Reads a cart.
     *
     * @throws JsonParseException if it is none
     * @throws IOException if the answer breaks off
     */
    static CartState state(InputStream body) throws IOException {
        try (JsonParser json = FACTORY.createParser(body)) {
            CartMembers cart = new CartMembers();
            document(json, cart);
            return cart.state(json);
        }
    }

    /**
     * Reads a page of files.
     *
     * @param after all its numbers are higher
     * @throws JsonParseException if it is none
     * @throws IOException if the answer breaks off
     */
    static FilePage page(InputStream body, long after) throws IOException {
        List<ListedFile> files = new ArrayList<>();
        boolean[] more = {false};
        try (JsonParser parser = FACTORY.createParser(body)) {
            document(parser, (name, json) -> {
                switch (name) {
                    case "files" -> files(json, after, files);
                    case "next" -> more[0] = true;
                    default -> {}
                }
            });
            if (more[0] && files.isEmpty()) {
                throw wrong(parser, "there is a page behind an empty one");
            }
        }
        return new FilePage(List.copyOf(files), more[0]);
    }

    /** Reads the message of an error document; empty if there is none. */
    static String message(InputStream body) {
        String[] message = {""};
        try (JsonParser parser = FACTORY.createParser(body)) {
            document(parser, (name, json) -> {
                if (name.equals("message")) {
                    message[0] = text(json);
                }
            });
        } catch (IOException e) {
            // It is not a document of cartd, or it broke off: what is known of it has to do.
        }
        return Shown.line(message[0]);
    }

    private static void files(JsonParser json, long after, List<ListedFile> files) throws IOException {
        expect(json, JsonToken.START_ARRAY);
        long last = after;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            ListedFile file = file(json);
            if (file.number() <= last || files.size() == FilePage.MOST) {
                throw wrong(json, "the files are out of order or too many");
            }
            last = file.number();
            files.add(file);
        }
    }

    private static ListedFile file(JsonParser json) throws IOException {
        FileMembers file = new FileMembers();
        members(json, file);
        return file.file(json);
    }

    /** Reads a whole document, an object. */
    private static void document(JsonParser json, Member member) throws IOException {
        json.nextToken();
        members(json, member);
    }

    private static void members(JsonParser json, Member member) throws IOException {
        expect(json, JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            member.read(name, json);
            json.skipChildren();
        }
        expect(json, JsonToken.END_OBJECT);
    }

    private static void expect(JsonParser json, JsonToken token) throws IOException {
        if (json.currentToken() != token) {
            throw wrong(json, "there is no " + token);
        }
    }

    private static JsonParseException wrong(JsonParser json, String what) {
        return new JsonParseException(json, what);
    }

    private static String text(JsonParser json) throws IOException {
        expect(json, JsonToken.VALUE_STRING);
        return json.getText();
    }

    private static long number(JsonParser json) throws IOException {
        expect(json, JsonToken.VALUE_NUMBER_INT);
        long number = json.getLongValue();
        if (number < 0) {
            throw wrong(json, "a number is negative");
        }
        return number;
    }

    /** The members of a cart that are read so far. */
    private static final class CartMembers implements Member {
        private long number;
        private String state = "";
        private String reason = "";
        private String message = "";
        private long files = -1;
        private long staged;
        private long tape;
        private OptionalLong bytes = OptionalLong.empty();

        @Override
        public void read(String name, JsonParser json) throws IOException {
            switch (name) {
                case "number" -> number = Answers.number(json);
                case "state" -> state = Shown.line(text(json));
                case "reason" -> reason = Shown.line(text(json));
                case "message" -> message = Shown.line(text(json));
                case "files" -> members(json, this::count);
                case "bytes" -> members(json, this::size);
                default -> {}
            }
        }

        private void count(String name, JsonParser json) throws IOException {
            switch (name) {
                case "total" -> files = Answers.number(json);
                case "staged" -> staged = Answers.number(json);
                case "tape" -> tape = Answers.number(json);
                default -> {}
            }
        }

        private void size(String name, JsonParser json) throws IOException {
            if (name.equals("total")) {
                bytes = OptionalLong.of(Answers.number(json));
            }
        }

        CartState state(JsonParser json) throws IOException {
            if (state.isEmpty() || files < 0) {
                throw wrong(json, "it is no cart");
            }
            return new CartState(number, state, reason, message, files, staged, tape, bytes);
        }
    }

    /** The members of a file that are read so far. */
    private static final class FileMembers implements Member {
        private long number = -1;
        private String path = "";
        private String state = "";
        private OptionalLong size = OptionalLong.empty();
        private Optional<Instant> modified = Optional.empty();
        private String hashtype = "";
        private String hashsum = "";

        @Override
        public void read(String name, JsonParser json) throws IOException {
            switch (name) {
                case "number" -> number = Answers.number(json);
                case "path" -> path = text(json);
                case "state" -> state = text(json);
                case "size" -> size = OptionalLong.of(Answers.number(json));
                case "modified" -> modified = Optional.of(moment(json));
                case "hashtype" -> hashtype = text(json);
                case "hashsum" -> hashsum = text(json);
                default -> {}
            }
        }

        private static Instant moment(JsonParser json) throws IOException {
            try {
                return Instant.parse(text(json));
            } catch (DateTimeException e) {
                throw wrong(json, "a time is none");
            }
        }

        ListedFile file(JsonParser json) throws IOException {
            if (number < 0) {
                throw wrong(json, "a file has no number");
            }
            Checksum checksum = new Checksum(hashtype, hashsum);
            return new ListedFile(number, path, state.equals("staged"), size, modified, checksum);
        }
    }
}
