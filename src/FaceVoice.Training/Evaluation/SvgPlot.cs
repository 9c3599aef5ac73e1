using System.Globalization;
using System.Net;
using System.Text;

namespace FaceVoice.Training.Evaluation;

/// <summary>A small plot as inline SVG.</summary>
internal sealed class SvgPlot(string title, string xName, string yName, double xLow, double xHigh, double yLow, double yHigh)
{
    private const double Width = 320;
    private const double Height = 260;
    private const double Left = 46;
    private const double Bottom = 36;
    private readonly StringBuilder _marks = new();

    public SvgPlot Line(IEnumerable<(double X, double Y)> points, string color)
    {
        var path = string.Join(' ', points.Select(p => Text($"{X(p.X):F1},{Y(p.Y):F1}")));
        _marks.Append(Text($"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"1.6\" points=\"{path}\"/>"));
        return this;
    }

    public SvgPlot Dots(IEnumerable<(double X, double Y)> points, string color, double radius)
    {
        foreach (var (x, y) in points)
        {
            _marks.Append(Text($"<circle cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"{radius}\" fill=\"{color}\"/>"));
        }

        return this;
    }

    public SvgPlot Bars(IEnumerable<(double X, double Share)> bars, double width, string color)
    {
        foreach (var (x, share) in bars.Where(bar => bar.Share > 0))
        {
            _marks.Append(Text($"<rect x=\"{X(x):F1}\" y=\"{Y(share):F1}\" width=\"{X(x + width) - X(x):F1}\" height=\"{Y(yLow) - Y(share):F1}\" fill=\"{color}\" fill-opacity=\"0.55\"/>"));
        }

        return this;
    }

    public string Render()
    {
        var svg = new StringBuilder(Text($"<figure><svg width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" role=\"img\">"));
        svg.Append(Text($"<rect x=\"{Left}\" y=\"8\" width=\"{Width - Left - 8}\" height=\"{Height - Bottom - 8}\" fill=\"none\" stroke=\"#ccc\"/>"));
        for (var i = 0; i <= 4; i++)
        {
            var (x, y) = (xLow + (i * (xHigh - xLow) / 4), yLow + (i * (yHigh - yLow) / 4));
            svg.Append(Text($"<text x=\"{X(x):F1}\" y=\"{Height - Bottom + 14}\" font-size=\"10\" text-anchor=\"middle\">{x:0.##}</text>"));
            svg.Append(Text($"<text x=\"{Left - 4}\" y=\"{Y(y) + 3:F1}\" font-size=\"10\" text-anchor=\"end\">{y:0.##}</text>"));
        }

        svg.Append(Text($"<text x=\"{(Width + Left) / 2}\" y=\"{Height - 4}\" font-size=\"11\" text-anchor=\"middle\">{xName}</text>"));
        svg.Append(Text($"<text x=\"12\" y=\"{Height / 2}\" font-size=\"11\" text-anchor=\"middle\" transform=\"rotate(-90 12 {Height / 2})\">{yName}</text>"));
        return svg.Append(_marks).Append("</svg><figcaption>").Append(WebUtility.HtmlEncode(title)).Append("</figcaption></figure>").ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private double X(double value) => Left + ((Width - Left - 8) * Math.Clamp((value - xLow) / (xHigh - xLow), 0, 1));

    private double Y(double value) => Height - Bottom - ((Height - Bottom - 8) * Math.Clamp((value - yLow) / Math.Max(yHigh - yLow, 1e-12), 0, 1));
}
