extension CalibrationSample {
    /// Sixty-four short queries with texts that answer them, of many kinds: what models are quantised by unless other texts
    /// are given.
    public static let builtIn = CalibrationSample(
        builtIn: builtInTable.map { Item(query: $0.query, text: $0.text) })

    private static let builtInTable: [(query: String, text: String)] = [
        (
            "how do bees make honey",
            """
            Worker bees collect nectar from flowers and carry it to the hive in a second stomach. There \
            it is passed from mouth to mouth, mixed with enzymes and fanned with wings until most of the \
            water is gone and it can be sealed under wax.
            """
        ),
        (
            "reset a forgotten router password",
            """
            Hold the small button on the back of the router for ten seconds until all lights blink. The \
            device then starts with its factory settings; the password is printed on the label at the \
            bottom.
            """
        ),
        (
            "capital gains tax on shares",
            """
            Profit from the sale of shares is taxed in the year in which they are sold. Losses of the \
            same year may be set off, and what is left over can be carried forward to later years.
            """
        ),
        (
            "python list comprehension example",
            """
            A comprehension such as [x * x for x in range(10) if x % 2 == 0] builds a list in one \
            expression; the condition at the end decides which values are kept.
            """
        ),
        (
            "symptoms of iron deficiency",
            """
            Tiredness, pale skin, brittle nails and shortness of breath may point to a lack of iron. A \
            blood test of ferritin shows how much is stored; red meat, lentils and dark leaves help.
            """
        ),
        (
            "best time to plant tomatoes",
            """
            Seedlings go outside once the nights stay above ten degrees, in most gardens from the middle \
            of May. Give them a sunny place, a stake, and water at the root only.
            """
        ),
        (
            "who painted the girl with a pearl earring",
            """
            Johannes Vermeer painted the picture around 1665 in Delft. It hangs in the Mauritshuis in \
            The Hague and is a tronie: the study of a face, not the portrait of a certain person.
            """
        ),
        (
            "waterproof hiking boots for wide feet",
            """
            Leather boot with membrane, rubber sole and reinforced toe. Weight 620 g in size 42; \
            available in widths from normal to extra wide. Reproof the leather after every third wash.
            """
        ),
        (
            "difference between tcp and udp",
            """
            TCP sets up a connection, numbers its bytes and sends lost ones again. UDP sends single \
            datagrams without promise of order or arrival, which suits calls and games where late data \
            is worthless.
            """
        ),
        (
            "how long does bread dough need to rise",
            """
            At room temperature the first rise takes about one to two hours, until the dough has \
            doubled. In the refrigerator it takes a night and gains flavour.
            """
        ),
        (
            "french revolution causes",
            """
            Empty state coffers, bad harvests and a tax burden that spared nobility and clergy led to \
            the meeting of the Estates General in 1789, and from there to the fall of the old order.
            """
        ),
        (
            "noise cancelling headphones battery life",
            """
            Up to 30 hours with noise cancelling switched on, 40 hours without. Ten minutes at the \
            charger are enough for five hours of music. Bluetooth 5.2, foldable, 254 g.
            """
        ),
        (
            "what is the boiling point of water at altitude",
            """
            Water boils at lower temperatures the higher one climbs: about 100 °C at sea level, 93 °C at \
            2,000 m and 86 °C at 4,000 m, because the pressure of the air is less.
            """
        ),
        (
            "cancel subscription refund policy",
            """
            You may cancel at any time in the settings of your account. Months that were paid in advance \
            are refunded in part if fewer than fourteen days have passed since the payment.
            """
        ),
        (
            "kubernetes pod stuck in pending",
            """
            The scheduler found no node with enough free cpu or memory, or a volume cannot be attached. \
            Run kubectl describe pod and read the events at the end of the output.
            """
        ),
        (
            "migratory birds of northern europe",
            """
            Swallows leave in September and cross the Sahara; cranes gather by the thousand on their way \
            to Spain. Ringing and small transmitters show that many return to the very same nest.
            """
        ),
        (
            "how to write a cover letter",
            """
            Begin with why this position interests you, name two or three things that you have done and \
            that are needed there, and stop before the page is full. Address a person if you can find \
            the name.
            """
        ),
        (
            "causes of high blood pressure",
            """
            Salt, little movement, weight, alcohol and age raise the pressure in the arteries, and so do \
            kidney disease and some medicines. Often no single cause is found.
            """
        ),
        (
            "electric car charging time at home",
            """
            A wall box with 11 kW fills a battery of 60 kWh in about six hours; an ordinary socket needs \
            more than a day and should not be used for that long.
            """
        ),
        (
            "define photosynthesis",
            """
            Plants, algae and some bacteria turn carbon dioxide and water into sugar and oxygen with the \
            energy of light, which chlorophyll absorbs.
            """
        ),
        (
            "sql join two tables on multiple columns",
            """
            SELECT o.id, c.name FROM orders o JOIN customers c ON c.region = o.region AND c.number = \
            o.customer; each condition is joined with AND in the ON clause.
            """
        ),
        (
            "train from vienna to venice",
            """
            Night trains leave Vienna at 21:27 and arrive at Venezia Santa Lucia at 8:34. By day the \
            journey takes seven and a half hours with one change in Villach.
            """
        ),
        (
            "vegetarian protein sources",
            """
            Beans, lentils, tofu, eggs, cheese and nuts hold between 10 and 35 grams of protein for each \
            100 grams. Grains and pulses together give all amino acids that people need.
            """
        ),
        (
            "history of the printing press",
            """
            Around 1450 Johannes Gutenberg cast single letters of metal that could be set, inked and \
            used again. Within fifty years more than a thousand printers worked in Europe.
            """
        ),
        (
            "laptop does not turn on",
            """
            Remove the battery if that is possible, hold the power button for half a minute, and connect \
            only the charger. If nothing lights up, try another charger before you open the case.
            """
        ),
        (
            "interest rate of the central bank",
            """
            The council left its main rate at 2.25 per cent. Inflation had fallen for the fourth month \
            in a row, while wages grew faster than expected in the services sector.
            """
        ),
        (
            "how do vaccines work",
            """
            A vaccine shows the immune system a harmless part of a germ. Memory cells remain, so that \
            antibodies are made within days when the real one arrives.
            """
        ),
        (
            "small apartment balcony ideas",
            """
            Folding chairs, hanging pots and a narrow bench with storage leave room to move. Herbs such \
            as thyme and mint grow well in boxes on the rail.
            """
        ),
        (
            "git undo last commit",
            """
            git reset --soft HEAD~1 takes the last commit back and leaves its changes staged. If it was \
            pushed already, git revert makes a new commit that undoes it instead.
            """
        ),
        (
            "why is the sky blue",
            """
            Molecules of the air scatter short waves of light far more than long ones, so blue reaches \
            the eye from all directions; at sunset the way through the air is long and mostly red is \
            left.
            """
        ),
        (
            "dishwasher leaves white film on glasses",
            """
            Hard water leaves lime. Fill up salt and rinse aid, set the hardness of your water in the \
            menu, and run an empty programme with citric acid.
            """
        ),
        (
            "rules of offside in football",
            """
            A player is offside who is nearer to the goal line than ball and second last opponent when a \
            team mate plays the ball, and who takes part in the game from there.
            """
        ),
        (
            "wie beantrage ich einen reisepass",
            """
            Den Reisepass beantragen Sie persönlich beim Bürgeramt. Mitzubringen sind ein biometrisches \
            Foto, der alte Pass oder die Geburtsurkunde; die Herstellung dauert etwa vier Wochen.
            """
        ),
        (
            "recette de la soupe à l'oignon",
            """
            Faites fondre six oignons émincés dans le beurre pendant quarante minutes, mouillez avec un \
            verre de vin blanc et un litre de bouillon, puis gratinez avec du pain et du comté.
            """
        ),
        (
            "requisitos para alquilar un piso",
            """
            El propietario suele pedir las tres últimas nóminas, el contrato de trabajo y una fianza de \
            un mes. Conviene revisar quién paga la comunidad y los suministros.
            """
        ),
        (
            "東京の天気",
            """
            東京の七月は蒸し暑く、最高気温は三十度を超える日が多い。梅雨が明けると晴れの日が続き、夕方には雷雨になることもある。
            """
        ),
        (
            "statistical significance explained",
            """
            A p-value is the chance of data at least as extreme as these if there were no effect. It \
            does not say how large an effect is, nor how likely the hypothesis.
            """
        ),
        (
            "mortgage fixed or variable",
            """
            With a fixed rate the payment stays the same for the agreed years; a variable one follows \
            the market and may be ended sooner. Compare the total cost and what you could bear if rates \
            rose by two points.
            """
        ),
        (
            "dog eats grass reasons",
            """
            Most dogs eat grass now and then without being ill. If it happens often, with vomiting or \
            loss of appetite, a veterinarian should look for worms or trouble of the stomach.
            """
        ),
        (
            "install nginx on debian",
            """
            apt install nginx puts the server in place and starts it. Sites are described in \
            /etc/nginx/sites-available and switched on by a link in sites-enabled; nginx -t checks the \
            syntax.
            """
        ),
        (
            "apple pie without sugar",
            """
            Six tart apples, two ripe bananas, cinnamon and a crust of flour and cold butter. Bake for \
            45 minutes at 190 °C. The bananas give all the sweetness that is needed.
            """
        ),
        (
            "largest moons of the solar system",
            """
            Ganymede, Titan and Callisto are larger than our moon, and Ganymede and Titan are larger \
            than the planet Mercury. Titan alone has a dense atmosphere.
            """
        ),
        (
            "return policy for online orders",
            """
            Goods that were bought online may be sent back within 30 days, unused and in their box. We \
            pay the postage for faulty items; otherwise it is 4.95 and taken from the refund.
            """
        ),
        (
            "how to fix a flat bicycle tire",
            """
            Take the wheel out, lift one side of the tyre with levers, find the hole with water, roughen \
            and glue the spot, press the patch on for a minute, and look for thorns before you put it \
            back.
            """
        ),
        (
            "effects of caffeine on sleep",
            """
            Half of the caffeine of a cup is still in the blood after five hours. It takes the place of \
            adenosine, delays falling asleep and shortens deep sleep, also in those who do not notice.
            """
        ),
        (
            "what does a notary do",
            """
            A notary certifies signatures and copies, drafts contracts on land and companies, and \
            explains to both sides what they are about to sign without taking either side.
            """
        ),
        (
            "error 0x80070057 parameter is incorrect",
            """
            The message appears when a backup is written to a partition of the wrong format or when the \
            system files are damaged. Run sfc /scannow and chkdsk C: /f, then try again.
            """
        ),
        (
            "meaning of carbon neutral",
            """
            A product is called carbon neutral when as much carbon dioxide is removed or saved elsewhere \
            as its making and use have caused. Critics ask how long forests that were counted will \
            stand.
            """
        ),
        (
            "beginner piano sheet music",
            """
            Minuet in G, Für Elise in an easy version, and Gymnopédie No. 1 are pieces that pupils like \
            in their first two years. Fingerings are printed above the notes.
            """
        ),
        (
            "average rainfall in lisbon",
            """
            Lisbon has about 725 mm of rain a year, most of it between October and March. July and \
            August are almost dry, with five millimetres each.
            """
        ),
        (
            "cheap flights with one bag",
            """
            The fare of 39 holds a bag of 40 x 20 x 25 cm under the seat. A larger piece costs between \
            12 and 30, less when it is booked with the flight.
            """
        ),
        (
            "treatment of sprained ankle",
            """
            Rest, ice for ten minutes at a time, a firm bandage and the leg up during the first two \
            days. After that, careful movement heals faster than lying still.
            """
        ),
        (
            "rust borrow checker error",
            """
            The compiler reports E0502 because the vector is borrowed immutably by the loop while push \
            needs a mutable borrow. Collect the new items first, or loop over indices.
            """
        ),
        (
            "who won the 1966 world cup",
            """
            England beat West Germany 4-2 after extra time at Wembley on 30 July 1966. Geoff Hurst \
            scored three times; whether his second crossed the line is argued about to this day.
            """
        ),
        (
            "how to descale a kettle",
            """
            Fill it half with water and half with white vinegar, or with two spoons of citric acid, \
            boil, wait for half an hour, pour out and boil once more with clear water.
            """
        ),
        (
            "minimum wage in germany",
            """
            The statutory minimum is set by a commission of employers and unions every two years and \
            holds for almost all employees over eighteen; trainees have rules of their own.
            """
        ),
        (
            "neural network activation function",
            """
            Without a non-linear function between them, several linear layers would be one. GELU weighs \
            its input by the normal distribution; ReLU cuts all negative values.
            """
        ),
        (
            "where do sea turtles lay eggs",
            """
            Females return to the beach where they hatched, dig a pit above the line of high water, lay \
            about a hundred soft eggs and cover them with sand.
            """
        ),
        (
            "pdf printer driver missing",
            """
            print queue: add printer > local port > driver from list. If the list is empty, fetch the \
            package cups-pdf and restart the service.
            """
        ),
        (
            "quarterly report revenue growth",
            """
            Revenue rose 8.4 % to 1,208 million in the third quarter, driven by spare parts and \
            services; the margin before interest and tax was 11.2 % after 10.7 % a year ago.
            """
        ),
        (
            "yoga exercises for back pain",
            """
            Cat and cow, child's pose and the bridge stretch and strengthen the lower back. Move slowly, \
            breathe out with the effort, and stop when there is pain rather than tension.
            """
        ),
        (
            "difference between jam and marmalade",
            """
            Marmalade is made of citrus fruit with its peel; jam of any other fruit. In both, sugar, \
            acid and pectin make the jelly.
            """
        ),
        (
            "wind turbine blade length",
            """
            Blades of modern turbines on land are 60 to 80 metres long, those at sea more than 100. At \
            twelve turns a minute their tips move at some 300 kilometres an hour.
            """
        ),
        (
            "library opening hours sunday",
            """
            On Sundays the reading room is open from 13:00 to 18:00; books can be returned at the \
            machine beside the entrance at any hour.
            """
        ),
    ]
}
