using FaceVoice.Media.Images;

namespace FaceVoice.Media.Tests.Images;

public sealed class YccImageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ToRgb_EverySmallSize_IsTheTriangleFilterAndTheConversionOfJfif(bool isHalvedDown)
    {
        var random = new Random(1);
        foreach (var (width, height) in from w in Enumerable.Range(1, 70) from h in new[] { 1, 2, 3, 8, 9 } select (w, h))
        {
            var (columns, rows) = ((width + 1) / 2, isHalvedDown ? (height + 1) / 2 : height);
            byte[] luma = Bytes(width * height), cb = Bytes(columns * rows), cr = Bytes(columns * rows);
            var pixels = new byte[3 * width * height];
            for (var i = 0; i < width * height; i++)
            {
                var sample = ((isHalvedDown ? i / width / 2 : i / width) * columns) + (i % width / 2);
                (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]) = (luma[i], cb[sample], cr[sample]);
            }

            YccImage.ToRgb(pixels, width, height, isHalvedDown);

            for (var i = 0; i < width * height; i++)
            {
                var (x, y) = (i % width, i / width);
                var (blue, red) = (Sample(cb, x, y) - 128, Sample(cr, x, y) - 128);
                Assert.Equal(Clamp(luma[i] + Rounded(Fixed(1.402) * red)), pixels[3 * i]);
                Assert.Equal(Clamp(luma[i] + Rounded((-Fixed(0.34414) * blue) - (Fixed(0.71414) * red))), pixels[(3 * i) + 1]);
                Assert.Equal(Clamp(luma[i] + Rounded(Fixed(1.772) * blue)), pixels[(3 * i) + 2]);
            }

            // Three parts of the nearest sample and one of the next on each halved axis; halves by turns up and down, as libjpeg rounds them.
            int Sample(byte[] plane, int x, int y)
            {
                var (near, next) = (x / 2, Math.Clamp((x / 2) + (2 * (x & 1)) - 1, 0, columns - 1));
                if (!isHalvedDown)
                {
                    return ((3 * plane[(y * columns) + near]) + plane[(y * columns) + next] + 1 + (x & 1)) >> 2;
                }

                var (row, other) = (y / 2 * columns, Math.Clamp((y / 2) + (2 * (y & 1)) - 1, 0, rows - 1) * columns);
                return ((9 * plane[row + near]) + (3 * plane[row + next]) + (3 * plane[other + near]) + plane[other + next] + 8 - (x & 1)) >> 4;
            }
        }

        byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }

        // The factors of JFIF 1.02 in 16 binary places, as libjpeg has them: a real number would round some of the values to the other side.
        static int Fixed(double factor) => (int)Math.Round(factor * 65_536);

        static int Rounded(int product) => (product + 32_768) >> 16;

        static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
    }
}
