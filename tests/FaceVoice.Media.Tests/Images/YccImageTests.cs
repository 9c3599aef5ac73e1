using FaceVoice.Media.Images;

namespace FaceVoice.Media.Tests.Images;

public sealed class YccImageTests
{
    private const string HalvedBoth =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/"
        + "2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAALABMDASIAAhEBAxEB/8QA"
        + "FwABAQEBAAAAAAAAAAAAAAAACAAGB//EAC4QAAADBgQBDQAAAAAAAAAAAAADEQEEBQcSEwIGFBUXCBg2N0FSZnN0pbO04//EABYBAQEBAAAAAAAAAAAAAAAA"
        + "AAcEBv/EACwRAAECBAMECwAAAAAAAAAAAAECAwUGERIABCEHFCJBFxgxMkJUVaKk0tP/2gAMAwEAAhEDEQA/AD7lOEcVIiZCbu12SmvV6m8qNZhpRcPfVV7A"
        + "uJZyq4eSpc8wbpuGylPER0+ntXrRhhlFVTaVpRUaiqjRpJIdK3v0WP5CwdeVb1t5v8kn6hYJ4rM78659uU4ajc8kFJcsqHeI8CjcpKV6hZ8VByHMVylDn9qm"
        + "ZcmGYn7w2gqDdoTq0U0NyCjtBI7pGtdaDHWeex4N90/EQCYg99WGCea9i/2xqukOBei/IX9Mf//Z";

    private const string HalvedBothPixels =
        "4Rgq3hQi5RYezRsxoClhWhl/Lh68HCfhFiXgBDybOL1iIc4cIdIpL8sgUb0FuvMy3eMf79wU79wU3Q8k4hMl6RcizhsxoitlVRZ+LyXCECLaFyvkCEOhL7Vc"
        + "KtcmI9QuK8QcVsAIt+8u3eMd79wU79wU6hYv5hEn5xAf1Bw4pyxrThN9JyrFDi7hDincADqVMbtlI9MoHsoqNssnWL0Hu/Au3+Md79wU79wUvSFguhxZvRtU"
        + "rShhfTNwOzB1CzuQAD2YAEKbAlBmSrhIQ8ITSckeUrkQc6sC2eA7+s43/8cz/8czPhqeRh6jTRqjOx+NI0F1SJiXOraEMcJzMLxlRrNAuOxJzeotweok0uYv"
        + "9NRDmUYAujIAyikAyikADyfRFivWHSjYDS+0AEp4NbaPIcRPGs8sItQoS8gU0ugu79kU7+cY79Ma/8BCuTUA1h8P5hQf5hQfFS/eEizZDijVBze3AFB5MLOL"
        + "I8ZRINU4Gs8sPr4T1+w17tMS7d4T/dgn/7lIwzMA2xwS5xMh5xMhAD2XAUOaAECXAEl8AFpJPq9fRME5Pr8aRMMaaLMQ7NI//8k5/8k0/8BE/7R0sC4htiVE"
        + "uiBWuiBWNbpnMrpmMb1nO7xYT7U2qvNbwOs8z+gs1eYo8tQ4rzoAySgAzCoAvioQpS9FahVZTxuKPx6jPx6jINEoH9AnIdApNMogVLwFu/My3+Eb9dkT+dcT"
        + "/8UxyioA4hYV5xcX0BozpShsWBWGKSS+EyraEyraE9gpGNQoIc8vN8ghVLwDu/Mu4OEX9NoR8tkc/8c4xywA4RgQ5Rcb0Bk4pSdxWBWJLCLBFCncFCnc";

    private const string HalvedAcross =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/"
        + "2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAALABMDASEAAhEBAxEB/8QA"
        + "FwABAQEBAAAAAAAAAAAAAAAACAAEBv/EAC4QAAADBgQBDQAAAAAAAAAAAAADEQEEBQcSEwIGFBUXCBg2N0FSZnN0pbO04//EABgBAAIDAAAAAAAAAAAAAAAA"
        + "AAYIBQcJ/8QALxEAAAQDBAYLAAAAAAAAAAAAAAIREgEDMQUGExcEByFkouIUFjI1NkFRcnOxsv/aAAwDAQACEQMRAD8APuU4RxUiJkJu7XZKa9Xqbyo1mGlF"
        + "w99VXsC4lnKrh5KlzzBum4bKU8RHT6e1etGGGUVVNpWlFRqKqNA5rZtDqpZcm4rMVJpZmKre2Q8EYhqLV+30gIy3bSzSveWSzozIEPXEVsYFShKuVfJKbRi5"
        + "7Hg33T8RBccvd64OcOBlxvfBzjsZIdK3v0WP5CwdeVb1t5v8kn6hYJLoeMie0v7IF71EdxaV8U77KDYIbCikx//Z";

    private const string HalvedAcrossPixels =
        "6xQk5REg4xciyRw4nShsWBiIKx/BHCfhFibbBD2WNL9mHdAfHtUjL8wbUL4FuPM13eMf79wU79wU3hIT4hYZ5hkgyhs4nituVRWHOh7IGh3cFC3iAEehJrhn"
        + "JtcvJ9MpMsITWb4It+4w3OQd7d4T7d4T5hsf4xQe6Q4i2BdDqCpzURGBLSjAFS3YEyjTADuSJr9sF9gvGc4hNs0cWL0Hu+813+Ih8doY8doY+A0r7wsi5BId"
        + "zR84mCdnVx2NKCHHDiHdFirZB0KcM7p1H841JtY1M8YgWrYLw+w63+Ee7tsS7tsSBi7ODjDYFSvgCTC8AFCBMah+LMlIJtYtH9AqPcAOxu8Z7uEG8NcL/9Ek"
        + "/8RBsjcA1SAN5hQh5hQhGCHYGCnbDy/aADe0AE50N7aNKMFMIcovItIxScgZ1Oki9tcK/N8f+ssn/71FuTUA1iAL5BUb5BUbHyjlGybiESXcCjS+AEx7NLGH"
        + "HMxGG9osIM4hRbwI0vEp59gJ7twY/9Uu/71GvzYA2R0R6RIh6RIhEibTFyvaFCfbDDO8AE99Ma6EKMtMGtAmHtQpQcYTw+sq8OAb9tkd/8sq/75IvDEA1h8P"
        + "5BUf5BUfHNQmHNIlHtIoM8seVrsHvfE13OIg7twW79wU/8c0yygA5hIe6BQj0Bg8oihxVhaIKiO/FCncFCncHNQmHNIlHtIoM8seVrsHvfE13OIg7twW79wU"
        + "/8c0yygA5hIe6BQj0Bg8oihxVhaIKiO/FCncFCncHNQmHNIlHtIoM8seVrsHvfE13OIg7twW79wU/8c0yygA5hIe6BQj0Bg8oihxVhaIKiO/FCncFCnc";

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

    /// <summary>
    /// Squares of saturated colours, 19×11 pixels, as cjpeg 2.1 of libjpeg-turbo wrote them, and the pixels that its djpeg reads out of
    /// them. Repeated chroma would differ by 17 and 10 in the mean. The ones and twos that differ are those between an exact transform and
    /// libjpeg's integers.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decode_StrongChromaEdges_AreWhatLibjpegDecodes(bool isHalvedDown)
    {
        var expected = Convert.FromBase64String(isHalvedDown ? HalvedBothPixels : HalvedAcrossPixels);
        using var image = new ImageDecoder(new MediaLimits()).Decode(Convert.FromBase64String(isHalvedDown ? HalvedBoth : HalvedAcross));
        Assert.Equal((19, 11), (image.Width, image.Height));
        var differences = image.Pixels.ToArray().Zip(expected, (ours, theirs) => Math.Abs(ours - theirs)).ToList();
        Assert.InRange(differences.Max(), 0, 3);
        Assert.InRange(differences.Average(), 0, 0.05);
    }
}
