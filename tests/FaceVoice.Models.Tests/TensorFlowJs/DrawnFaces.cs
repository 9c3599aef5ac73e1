namespace FaceVoice.Models.Tests.TensorFlowJs;

/// <summary>Drawn faces in whole numbers only: <c>Golden/make.mjs</c> draws the same bytes.</summary>
internal static class DrawnFaces
{
    public const int Side = 224;

    /// <summary>RGB, row by row.</summary>
    public static byte[] Draw(int seed)
    {
        var state = unchecked((uint)(seed * 2654435761L));
        int Next(int limit)
        {
            state = unchecked((state * 1664525) + 1013904223);
            return (int)((state >> 8) % (uint)limit);
        }

        int[] Colour(int low, int high) => [low + Next(high - low), low + Next(high - low), low + Next(high - low)];
        int[] back = Colour(0, 256), hair = Colour(0, 200);
        int[] skin = [120 + Next(130), 80 + Next(120), 60 + Next(110)];
        int[] lips = [120 + Next(120), 20 + Next(90), 30 + Next(90)];
        int cx = 96 + Next(32), cy = 96 + Next(32), rx = 48 + Next(32), ry = 64 + Next(32);
        int eye = 3 + Next(6), gap = 16 + Next(14), mouth = 10 + Next(18), fringe = Next(40), noise = 1 + Next(40);
        int[] white = [250, 250, 250], dark = [30, 20, 10], nose = [skin[0] - 20, skin[1] - 20, skin[2] - 20];
        var pixels = new byte[Side * Side * 3];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                bool Inside(long ox, long oy, long a, long b) =>
                    ((x - ox) * (x - ox) * b * b) + ((y - oy) * (y - oy) * a * a) <= a * a * b * b;
                bool Eyes(int a, int b) => Inside(cx - gap, cy - 12, a, b) || Inside(cx + gap, cy - 12, a, b);
                var colour = Inside(cx, cy - 10, rx + 14, ry + 14) ? hair : back;
                colour = Inside(cx, cy, rx, ry) && y > cy - ry + fringe ? skin : colour;
                colour = Eyes(eye + 4, eye) ? white : colour;
                colour = Eyes(eye - 1, eye - 1) ? dark : colour;
                colour = Inside(cx, cy + 12, 5, 10) ? nose : colour;
                colour = Inside(cx, cy + 36, mouth, 6) ? lips : colour;
                for (var k = 0; k < 3; k++)
                {
                    var mixed = unchecked((uint)((x * 73856093) ^ (y * 19349663) ^ (k * 83492791)) * 2246822519u);
                    var grain = (int)((mixed >> 16) % (uint)noise) - (noise >> 1);
                    pixels[(3 * ((y * Side) + x)) + k] = (byte)Math.Clamp(colour[k] + grain, 0, 255);
                }
            }
        }

        return pixels;
    }
}
