namespace FasterSeg.Search.Data.Synthetic;

/// <summary>Linear mixing of red, green and blue in 0 to 1.</summary>
internal readonly record struct Colour(float Red, float Green, float Blue)
{
    public static Colour operator *(Colour colour, float factor) => new(colour.Red * factor, colour.Green * factor, colour.Blue * factor);

    public static Colour operator *(Colour colour, Colour light) =>
        new(colour.Red * light.Red, colour.Green * light.Green, colour.Blue * light.Blue);

    /// <summary>Between two colours: <paramref name="share"/> 0 is this one, 1 the other.</summary>
    public Colour Mix(Colour other, float share) =>
        new(Red + (other.Red - Red) * share, Green + (other.Green - Green) * share, Blue + (other.Blue - Blue) * share);
}
