namespace FaceVoice.Inference.Tests.Golden;

/// <summary>
/// Pictures of nobody and vowels that nobody spoke, drawn and synthesised by rule, the same to the last bit on every machine. Their embeddings are kept in
/// <c>embeddings.json</c>: nothing here may change without making those numbers anew.
/// </summary>
internal static class GoldenMedia
{
    public const int Side = 256;
    public const int SampleRate = 16_000;

    /// <summary>A face from the front, packed RGB, <see cref="Side"/> × <see cref="Side"/>.</summary>
    /// <param name="dark">Skin, hair and ground of another person.</param>
    public static byte[] Face(bool dark)
    {
        var canvas = new float[Side * Side * 3];
        Array.Fill(canvas, dark ? 90 : 170);
        var (skin, light, hair) = dark
            ? (new Colour(139, 96, 72), new Colour(152, 108, 84), new Colour(22, 18, 16))
            : (new Colour(214, 170, 142), new Colour(226, 184, 158), new Colour(96, 66, 40));
        Ellipse(canvas, 0, 0.64f, 0.40f, 0.27f, new(50, 70, 110), 0.2f, 1); // shoulders
        Ellipse(canvas, 0, 0.33f, 0.11f, 0.20f, skin.Times(0.85f), 0.2f, 1); // neck
        Ellipse(canvas, 0, -0.09f, dark ? 0.25f : 0.28f, 0.34f, hair, 0.15f, 1);
        Ellipse(canvas, 0, 0, 0.22f, 0.30f, skin, 0.1f, 1); // face
        Ellipse(canvas, 0, 0.08f, 0.19f, 0.21f, light, 0.8f, 0.6f);
        foreach (var side in new[] { -1, 1 })
        {
            Ellipse(canvas, side * 0.086f, -0.045f, 0.055f, 0.03f, skin.Times(0.75f), 0.6f, 0.8f); // socket
            Ellipse(canvas, side * 0.086f, -0.045f, 0.038f, 0.017f, new(238, 236, 232), 0.2f, 1); // eye
            Ellipse(canvas, side * 0.086f, -0.045f, 0.017f, 0.017f, dark ? new(28, 20, 16) : new(70, 90, 60), 0.2f, 1); // iris
            Ellipse(canvas, side * 0.086f, -0.095f, 0.055f, dark ? 0.014f : 0.010f, hair, 0.4f, 1); // brow
            Ellipse(canvas, side * 0.03f, 0.075f, 0.013f, 0.009f, skin.Times(0.55f), 0.5f, 1); // nostril
        }

        Ellipse(canvas, 0, 0.02f, 0.018f, 0.07f, light, 0.8f, 0.7f); // bridge of the nose
        Ellipse(canvas, 0, 0.066f, 0.04f, 0.02f, skin.Times(0.85f), 0.9f, 0.6f); // its shadow
        Ellipse(canvas, 0, 0.15f, 0.074f, dark ? 0.030f : 0.022f, new(168, 82, 80), 0.4f, 1); // lips
        Ellipse(canvas, 0, 0.148f, 0.07f, 0.005f, new(104, 44, 44), 0.4f, 1); // between them
        return Array.ConvertAll(canvas, value => (byte)Math.Clamp(value, 0, 255));
    }

    /// <summary>Syllables of a, i and o: pulses of a throat through three resonators; mono, in [-1, 1].</summary>
    /// <param name="hertz">The pitch.</param>
    /// <param name="seconds">How long.</param>
    public static float[] Voice(int hertz, int seconds)
    {
        // Numerator and feedback of two-pole resonators at 16 kHz, written out so that no library rounds them: 2 r cos(2πf/16000) and r².
        double[][] formants =
        [
            [1.8823870, 0.9767141, 1.7458131, 0.9614800, 1.1007127, 0.9464840], // 700, 1200, 2500 Hz
            [1.9625731, 0.9767141, 1.2738520, 0.9614800, 0.7448110, 0.9464840], // 300, 2200, 3000 Hz
            [1.9387060, 0.9767141, 1.8395960, 0.9614800, 1.1456160, 0.9464840], // 500, 900, 2400 Hz
        ];
        var samples = new float[seconds * SampleRate];
        var state = new double[6];
        const int Syllable = SampleRate * 2 / 9;
        double throat = 0, noise = 0.5;
        for (var i = 0; i < samples.Length; i++)
        {
            var place = (double)(i % Syllable) / Syllable;
            var envelope = place < 0.8 ? 4 * place * (0.8 - place) / 0.64 : 0;
            noise = 3.99 * noise * (1 - noise); // the logistic map: noise that every machine makes alike
            throat += hertz * (1 + (0.05 * place)) / SampleRate;
            var input = envelope * ((throat >= 1 ? 1 : 0) + (0.01 * (noise - 0.5)));
            throat -= throat >= 1 ? 1 : 0;
            var formant = formants[i / Syllable % formants.Length];
            double sum = 0;
            for (var f = 0; f < 3; f++)
            {
                var next = input + (formant[2 * f] * state[2 * f]) - (formant[(2 * f) + 1] * state[(2 * f) + 1]);
                (state[(2 * f) + 1], state[2 * f]) = (state[2 * f], next);
                sum += next / (1 << f);
            }

            samples[i] = (float)(0.08 * sum);
        }

        return samples;
    }

    /// <summary>Places and sizes are shares of the side, from the centre.</summary>
    private static void Ellipse(float[] canvas, float x, float y, float width, float height, Colour colour, float softness, float strength)
    {
        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++)
            {
                var u = (((float)column / Side) - 0.5f - x) / width;
                var v = (((float)row / Side) - 0.5f - y) / height;
                var cover = strength * Math.Clamp(((1 - MathF.Sqrt((u * u) + (v * v))) / softness) + 0.5f, 0, 1);
                var at = ((row * Side) + column) * 3;
                canvas[at] += cover * (colour.Red - canvas[at]);
                canvas[at + 1] += cover * (colour.Green - canvas[at + 1]);
                canvas[at + 2] += cover * (colour.Blue - canvas[at + 2]);
            }
        }
    }

    private readonly record struct Colour(float Red, float Green, float Blue)
    {
        public Colour Times(float factor) => new(Red * factor, Green * factor, Blue * factor);
    }
}
